// SPDX-License-Identifier: MIT
// Functions of its own, static and global. The verifier knows who calls whom before the first
// instruction runs: how deep it goes, and how much stack that takes.
//
// Context: two numbers. Result: length of the hypotenuse, rounded down.
//
// context: 2c 01 00 00  90 01 00 00
// grant: none
// expect: 500

#include "mbpf.h"

struct sides {
    uint32_t a;
    uint32_t b;
};

__attribute__((noinline)) static uint32_t square_root(uint64_t of) {
    uint64_t root = 0;
    for (uint64_t bit = 1ull << 31; bit != 0; bit >>= 1) {
        uint64_t larger = root | bit;
        if (larger * larger <= of) {
            root = larger;
        }
    }
    return (uint32_t)root;
}

__attribute__((noinline)) uint64_t square(uint64_t number) {
    return number * number;
}

uint64_t hypotenuse(struct sides const* sides, uint64_t bytes) {
    if (bytes < sizeof *sides) {
        return 0;
    }
    return square_root(square(sides->a) + square(sides->b));
}
