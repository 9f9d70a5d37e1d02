// SPDX-License-Identifier: MIT
/* Euclid on 32-bit values, 16 rounds */
#include "prog.h"
uint32_t gcd32(struct ctx* c) {
    uint32_t s = 0;
    for (uint32_t k = 0; k < 16; k++) {
        uint32_t a = c->a + k * 7919, b = c->b + k * 104729;
        while (b) {
            uint32_t t = a % b;
            a = b;
            b = t;
        }
        s += a;
    }
    return s;
}
