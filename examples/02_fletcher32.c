// SPDX-License-Identifier: MIT
// A checksum over a buffer that the firmware lends to the program. The context comes in r1, its
// length in r2; the program can read these bytes and no others.
//
// Context: 16-bit little-endian words. Result: their Fletcher-32 checksum.
//
// context: 61 62 63 64 65 66 67 68
// grant: none
// expect: 0xebe19591

#include "mbpf.h"

enum { words_per_block = 359 };  // As many as 32 bits can sum up without an overflow.

uint64_t fletcher32(uint16_t const* words, uint64_t bytes) {
    uint32_t count = (uint32_t)bytes / 2;
    uint32_t sum = 0xffff;
    uint32_t sum_of_sums = 0xffff;
    while (count != 0) {
        uint32_t block = count < words_per_block ? count : words_per_block;
        count -= block;
        do {
            sum += *words++;
            sum_of_sums += sum;
        } while (--block != 0);
        sum = (sum & 0xffff) + (sum >> 16);
        sum_of_sums = (sum_of_sums & 0xffff) + (sum_of_sums >> 16);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum_of_sums = (sum_of_sums & 0xffff) + (sum_of_sums >> 16);
    return sum_of_sums << 16 | sum;
}
