// SPDX-License-Identifier: MIT
#include "prog.h"
uint32_t hstore(struct ctx* c) {
    uint32_t v = 0;
    (void)c;
    bpf_fetch(1, &v);
    bpf_printf("Initial value in the global store at %d: %d\n", 1, v, 0, 0);
    bpf_store(1, 1234);
    bpf_fetch(1, &v);
    bpf_printf("Value after the store: %d\n", v, 0, 0, 0);
    return v;
}
