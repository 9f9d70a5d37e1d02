// SPDX-License-Identifier: MIT
/* 8x8 integer matrix product in context memory */
#include "prog.h"
uint32_t matmul(struct ctx* c) {
    const uint32_t *a = (const uint32_t*)c->data, *b = a + 64;
    uint32_t *o = (uint32_t*)c->data + 128, s = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 8; i++)
#pragma clang loop unroll(disable)
        for (uint32_t j = 0; j < 8; j++) {
            uint32_t t = 0;
#pragma clang loop unroll(disable)
            for (uint32_t k = 0; k < 8; k++)
                t += a[i * 8 + k] * b[k * 8 + j];
            o[i * 8 + j] = t;
        }
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 64; i++)
        s = s * 33 + o[i];
    return s;
}
