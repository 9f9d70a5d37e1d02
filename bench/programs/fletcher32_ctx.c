// SPDX-License-Identifier: MIT
/* Fletcher-32 over c->n bytes of context data (the Femto-Containers benchmark uses 360 B) */
#include "prog.h"
uint32_t fletcher32_ctx(struct ctx* c) {
    const uint16_t* p = (const uint16_t*)c->data;
    uint32_t words = c->n / 2, c0 = 0xffff, c1 = 0xffff;
    while (words) {
        uint32_t t = words > 359 ? 359 : words;
        words -= t;
        do {
            c0 += *p++;
            c1 += c0;
        } while (--t);
        c0 = (c0 & 0xffff) + (c0 >> 16);
        c1 = (c1 & 0xffff) + (c1 >> 16);
    }
    c0 = (c0 & 0xffff) + (c0 >> 16);
    c1 = (c1 & 0xffff) + (c1 >> 16);
    return c1 << 16 | c0;
}
