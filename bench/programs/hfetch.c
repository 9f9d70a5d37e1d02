// SPDX-License-Identifier: MIT
#include "prog.h"
uint32_t hfetch(struct ctx* c) {
    uint32_t v = 1234;
    (void)c;
    bpf_fetch(0, &v);
    bpf_printf("Value: %d\n", v, 0, 0, 0);
    return v;
}
