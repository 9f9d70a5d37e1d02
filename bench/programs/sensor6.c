// SPDX-License-Identifier: MIT
/* moving average of a temperature over 6 slots of a global store, all through helpers */
#include "prog.h"
#define SLOTS 6
#define PTR_KEY 13
uint32_t sensor6(struct ctx* c) {
    uint32_t temp = 0, ptr = 0, all[SLOTS], sum = 0, dev = bpf_saul_find(130);
    (void)c;
    bpf_saul_read(dev, &temp);
    bpf_fetch(PTR_KEY, &ptr);
    bpf_store(PTR_KEY, (ptr + 1) % SLOTS);
    bpf_store(ptr, temp);
#pragma clang loop unroll(disable)
    for (uint32_t i = 1; i < SLOTS; i++) {
        uint32_t old = 0, o = (ptr + i) % SLOTS;
        bpf_fetch(o, &old);
        if (old == 0)
            bpf_store(o, temp);
    }
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < SLOTS; i++) {
        uint32_t r = 0;
        bpf_fetch(i, &r);
        all[i] = r;
    }
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < SLOTS; i++)
        sum += all[i];
    return sum / SLOTS;
}
