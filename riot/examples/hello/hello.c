// SPDX-License-Identifier: MIT
// A container that counts its runs: once at the start, and whenever somebody runs it.
//
// hook: boot
// grant: printf

#include "mbpf.h"

static uint32_t runs;  // Survives from run to run.

SEC("boot")
int hello(void) {
    ++runs;
    bpf_printf("Hello from a container, run %u\n", runs);
    return (int)runs;
}
