// SPDX-License-Identifier: MIT
// Fletcher's checksum of 16-bit words that lie anywhere: the context says where.
#include "mbpf.h"

struct words {
    uint64_t address;
    uint32_t count;
};

uint32_t fletcher32(struct words* context) {
    uint16_t const* next = (uint16_t const*)context->address;
    uint32_t left = context->count;
    uint32_t sum = 0xffff;
    uint32_t sum_of_sums = 0xffff;
    while (left != 0) {
        uint32_t block = left > 359 ? 359 : left;  // So many cannot overflow 32 bits.
        left -= block;
        do {
            sum += *next++;
            sum_of_sums += sum;
        } while (--block != 0);
        sum = (sum & 0xffff) + (sum >> 16);
        sum_of_sums = (sum_of_sums & 0xffff) + (sum_of_sums >> 16);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum_of_sums = (sum_of_sums & 0xffff) + (sum_of_sums >> 16);
    return sum_of_sums << 16 | sum;
}
