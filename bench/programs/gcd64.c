// SPDX-License-Identifier: MIT
/* subtraction-free binary gcd on 64-bit values (shifts, compares, subtractions), 8 rounds */
#include "prog.h"
uint32_t gcd64(struct ctx* c) {
    uint64_t s = 0;
#pragma clang loop unroll(disable)
    for (uint32_t k = 0; k < 8; k++) {
        uint64_t a = ((uint64_t)c->a << 32 | c->b) + k, b = ((uint64_t)c->b << 32 | c->a) | 1;
        while (a) {
            while (!(a & 1))
                a >>= 1;
            if (a < b) {
                uint64_t t = a;
                a = b;
                b = t;
            }
            a -= b;
        }
        s += b;
    }
    return (uint32_t)(s ^ s >> 32);
}
