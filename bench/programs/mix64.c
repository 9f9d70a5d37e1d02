// SPDX-License-Identifier: MIT
/* splitmix64: 64 rounds of 64-bit multiply, xor, shift */
#include "prog.h"
uint32_t mix64(struct ctx* c) {
    uint64_t x = (uint64_t)c->a << 32 | c->b, acc = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 64; i++) {
        uint64_t z = (x += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        acc ^= z ^ (z >> 31);
    }
    return (uint32_t)(acc ^ acc >> 32);
}
