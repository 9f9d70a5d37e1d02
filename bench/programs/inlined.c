// SPDX-License-Identifier: MIT
/* calls between functions that the compiler inlines, and a few lines of output */
#include "prog.h"
INL uint32_t stored(uint32_t key) {
    uint32_t value = 0;
    bpf_fetch(key, &value);
    return value;
}
INL uint32_t noted(const char* name, uint32_t key, uint32_t value) {
    bpf_store(key, value);
    bpf_printf(name, value, 0, 0, 0);
    return stored(key);
}
uint32_t inlined(struct ctx* c) {
    uint32_t a = noted("first %d\n", 1, 12000), b = noted("second %d\n", 2, 345);
    (void)c;
    bpf_printf("sum %d\n", a + b, 0, 0, 0);
    return stored(1) + stored(2);
}
