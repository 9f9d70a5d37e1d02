// SPDX-License-Identifier: MIT
/* bubble sort of 32 words on the stack */
#include "prog.h"
uint32_t bsort(struct ctx* c) {
    uint32_t v[32], s = 0;
    const uint32_t* in = (const uint32_t*)c->data;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 32; i++)
        v[i] = in[i] ^ c->a;
#pragma clang loop unroll(disable)
    for (uint32_t i = 31; i > 0; i--)
#pragma clang loop unroll(disable)
        for (uint32_t j = 0; j < i; j++)
            if (v[j] > v[j + 1]) {
                uint32_t t = v[j];
                v[j] = v[j + 1];
                v[j + 1] = t;
            }
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 32; i++)
        s = s * 31 + v[i];
    return s;
}
