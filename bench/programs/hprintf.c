// SPDX-License-Identifier: MIT
#include "prog.h"
uint32_t hprintf(struct ctx* c) {
    (void)c;
    bpf_printf("up to 4 args: %d %d %d %d\n", 1, 2, 3, 4);
    bpf_printf("up to 4 args again: %d %d %d %d\n", 9, 10, 11, 12);
    bpf_printf("Here is a number: %d\n", 10, 0, 0, 0);
    bpf_printf("Here is another number: %d\n", 12, 0, 0, 0);
    return 0;
}
