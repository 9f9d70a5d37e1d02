// SPDX-License-Identifier: MIT
// A moving average in the key-value store. The local store belongs to the program and survives
// its runs; the global one is how programs and firmware share values.
//
// Context: readings, tenths of a degree. Result: average of the last four, which other programs
// find in the global store.
//
// context: c8 00  d2 00  dc 00  e6 00  f0 00  fa 00
// grant: store_local, fetch_local, store_global, fetch_global
// expect: 235

#include "mbpf.h"

enum {
    slots = 4,
    next_slot_key = slots,  // Keys 0 to 3 hold readings.
    count_key,
    average_key = 1,  // In the global store.
};

static void add_reading(uint32_t reading) {
    uint32_t next = 0;
    uint32_t count = 0;
    bpf_fetch_local(next_slot_key, &next);
    bpf_fetch_local(count_key, &count);
    bpf_store_local(next, reading);
    bpf_store_local(next_slot_key, (next + 1) % slots);
    if (count < slots) {
        bpf_store_local(count_key, count + 1);
    }
}

uint64_t sensor_average(int16_t const* readings, uint64_t bytes) {
    for (uint32_t i = 0; i < bytes / sizeof *readings; ++i) {
        add_reading((uint32_t)readings[i]);
    }
    uint32_t count = 0;
    bpf_fetch_local(count_key, &count);
    int32_t sum = 0;
    for (uint32_t i = 0; i < count; ++i) {
        uint32_t reading = 0;
        bpf_fetch_local(i, &reading);
        sum += (int32_t)reading;
    }
    if (count != 0) {
        bpf_store_global(average_key, (uint32_t)sum / count);
    }
    uint32_t average = 0;
    bpf_fetch_global(average_key, &average);
    return average;
}
