// SPDX-License-Identifier: MIT
// A table of strings: data that points to data. The linker records each pointer, and the device
// fills it in when it loads the program.
//
// Context: states, one a byte. Result: how many of them have a name.
//
// context: 00 02 01 07
// grant: printf
// output: state 0: idle
// output: state 2: sending
// output: state 1: measuring
// output: state 7: unknown
// expect: 3

#include "mbpf.h"

static char const* const names[] = {"idle", "measuring", "sending"};

enum { named = sizeof names / sizeof *names };

uint64_t state_names(uint8_t const* states, uint64_t count) {
    uint64_t known = 0;
    for (uint64_t i = 0; i < count; ++i) {
        uint8_t state = states[i];
        char const* name = state < named ? names[state] : "unknown";
        bpf_printf("state %d: %s\n", state, name);
        known += state < named;
    }
    return known;
}
