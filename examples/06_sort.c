// SPDX-License-Identifier: MIT
// Works on a copy on its stack: every function has a frame of up to 512 bytes, and one that is no
// larger than it needs.
//
// Context: readings. Result: their median, which shrugs off the two broken sensors among them.
//
// context: 15 00 00 00  16 00 00 00  00 80 00 00  14 00 00 00
// context: 17 00 00 00  01 00 00 00  16 00 00 00
// grant: none
// expect: 22

#include "mbpf.h"

enum { most = 64 };

uint64_t sort(uint32_t const* readings, uint64_t bytes) {
    uint32_t sorted[most];
    uint32_t count = (uint32_t)bytes / sizeof *readings;
    if (count == 0 || count > most) {
        return 0;
    }
    for (uint32_t i = 0; i < count; ++i) {
        uint32_t reading = readings[i];
        uint32_t at = i;
        for (; at > 0 && sorted[at - 1] > reading; --at) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = reading;
    }
    return sorted[count / 2];
}
