// SPDX-License-Identifier: MIT
// Computes on request: the Fletcher-32 checksum of whatever the client sends. It answers without a
// helper: the result of the run becomes the reply, as a decimal number.
//
// hook: coap/checksum
// grant: none

#include "mbpf.h"

enum { words_per_block = 359 };  // As many as 32 bits can sum up without an overflow.

SEC("coap/checksum")
uint64_t checksum(uint16_t const* words, uint64_t bytes) {
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
