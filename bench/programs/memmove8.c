// SPDX-License-Identifier: MIT
/* byte-wise copy of 128 bytes inside the context, then xor fold */
#include "prog.h"
uint32_t memmove8(struct ctx* c) {
    uint8_t* d = c->data + 256;
    const uint8_t* s = c->data;
    uint32_t x = 0;
#pragma clang loop unroll(disable) vectorize(disable)
    for (uint32_t i = 0; i < 128; i++) {
        d[i] = s[127 - i];
        __asm__ volatile("" ::: "memory");
    }
#pragma clang loop unroll(disable) vectorize(disable)
    for (uint32_t i = 0; i < 128; i++)
        x = (x << 1 | x >> 31) ^ d[i];
    return x;
}
