// SPDX-License-Identifier: MIT
/* Fletcher-32 over 320 bytes of read-only text */
#include "data.h"
#include "prog.h"
static const char DATA[] __attribute__((aligned(4))) = TEXT_320;
uint32_t fletcher32_320(struct ctx* c) {
    const uint16_t* p = (const uint16_t*)DATA;
    uint32_t len = (bpf_strlen(DATA) + 1) & ~1u, c0 = 0, c1 = 0;
    (void)c;
    while (len > 0) {
        uint32_t blk = len > 720 ? 720 : len;
        len -= blk;
        do {
            c0 += *p++;
            c1 += c0;
        } while ((blk -= 2));
        c0 %= 65535;
        c1 %= 65535;
    }
    return c1 << 16 | c0;
}
