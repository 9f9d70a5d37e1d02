// SPDX-License-Identifier: MIT
// Sensor processing: reads the thermometer twice a second and keeps the average of the last four
// readings in the global store, where other containers find it.
//
// hook: timer/500ms
// keys: 15 written
// grant: saul_reg_find_type, saul_reg_read, store_local, fetch_local, store_global

#include "mbpf.h"

enum {
    slots = 4,
    next_slot_key = slots,  // Keys 0 to 3 hold readings, tenths of a degree.
    count_key,
    average_key = 15,  // In the global store.
};

SEC("timer/500ms")
int sensor_average(void) {
    phydat_t reading;
    if (bpf_saul_reg_read(bpf_saul_reg_find_type(SAUL_SENSE_TEMP), &reading) < 1) {
        return -1;
    }
    uint32_t next = 0;
    uint32_t count = 0;
    bpf_fetch_local(next_slot_key, &next);
    bpf_fetch_local(count_key, &count);
    count += count < slots;
    bpf_store_local(next, (uint32_t)reading.val[0]);
    bpf_store_local(next_slot_key, (next + 1) % slots);
    bpf_store_local(count_key, count);
    int32_t sum = 0;
    for (uint32_t i = 0; i < count; ++i) {
        uint32_t value = 0;
        bpf_fetch_local(i, &value);
        sum += (int32_t)value;
    }
    // Division of negative numbers needs instructions of a newer set than every compiler emits.
    uint32_t size = (uint32_t)(sum < 0 ? -sum : sum) / count;
    return bpf_store_global(average_key, sum < 0 ? 0 - size : size);
}
