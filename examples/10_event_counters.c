// SPDX-License-Identifier: MIT
// Counts events with atomic instructions: exact even if an interrupt runs the same program in the
// middle of an addition.
//
// Context: events, one a byte. Result: how many errors there were.
//
// context: 00 01 02 02 01 02 00 02
// grant: none
// expect: 4

#include "mbpf.h"

enum { kinds = 3, error = 2 };

static uint64_t counters[kinds];

uint64_t event_counters(uint8_t const* events, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        if (events[i] < kinds) {
            __sync_fetch_and_add(&counters[events[i]], 1);
        }
    }
    return __sync_fetch_and_add(&counters[error], 0);
}
