// SPDX-License-Identifier: MIT
/* moving average of a temperature that another program has stored, over 15 slots of the store */
#include "prog.h"
#define SLOTS 15
#define PTR_KEY 16
#define TEMPERATURE_KEY 17
uint32_t sensor_stored(struct ctx* c) {
    uint32_t temp = 0, ptr = 0, sum = 0;
    (void)c;
    bpf_fetch(TEMPERATURE_KEY, &temp);
    if (temp == 0)
        temp = 215;
    bpf_fetch(PTR_KEY, &ptr);
    bpf_store(PTR_KEY, (ptr + 1) % SLOTS);
    bpf_store(ptr, temp);
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < SLOTS; i++) {
        uint32_t value = 0;
        bpf_fetch(i, &value);
        sum += value ? value : temp;
    }
    return sum / SLOTS;
}
