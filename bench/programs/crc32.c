// SPDX-License-Identifier: MIT
/* bitwise CRC-32 of 64 bytes of context data */
#include "prog.h"
uint32_t crc32(struct ctx* c) {
    uint32_t r = 0xffffffffu;
    for (uint32_t i = 0; i < 64; i++) {
        r ^= c->data[i];
#pragma clang loop unroll(disable)
        for (uint32_t k = 0; k < 8; k++)
            r = (r & 1) ? (r >> 1) ^ 0xedb88320u : r >> 1;
    }
    return ~r;
}
