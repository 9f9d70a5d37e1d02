// SPDX-License-Identifier: MIT
// Misbehaves: never returns. A run has a budget of instructions, so the firmware gets its
// processor back, whatever the program does.
//
// grant: none
// budget: 100000
// expect: trap OutOfBudget

#include "mbpf.h"

static uint32_t volatile ticks;

uint64_t loops_forever(void) {
    for (;;) {
        ++ticks;
    }
}
