// SPDX-License-Identifier: MIT
// A control loop with state: constants in .rodata, a setting in .data, counters in .bss. All of
// them belong to this program alone, and keep their values from run to run.
//
// Context: a mode and eight readings in tenths of a degree; the program fills in the heater's
// state after each. Result: how often the heater was switched.
//
// context: 01 00  be 00 c8 00 d2 00 d8 00 d4 00 c8 00 c2 00 d2 00  00 00 00 00 00 00 00 00
// after: 01 00  be 00 c8 00 d2 00 d8 00 d4 00 c8 00 c2 00 d2 00  01 01 01 00 00 00 01 01
// grant: none
// expect: 3

#include "mbpf.h"

enum { readings = 8, modes = 3 };

struct control {
    uint16_t mode;
    int16_t temperature[readings];
    uint8_t heater[readings];
};

static int16_t const hysteresis[modes] = {30, 10, 2};  // Frost protection, day, laboratory.

static int16_t target = 205;
static uint32_t switched;
static uint8_t is_on;

static void step(int16_t temperature, int16_t margin) {
    uint8_t wanted = is_on;
    if (temperature < target - margin) {
        wanted = 1;
    } else if (temperature > target + margin) {
        wanted = 0;
    }
    if (wanted != is_on) {
        is_on = wanted;
        ++switched;
    }
}

uint64_t thermostat(struct control* control, uint64_t bytes) {
    if (bytes < sizeof *control || control->mode >= modes) {
        return 0;
    }
    for (uint32_t i = 0; i < readings; ++i) {
        step(control->temperature[i], hysteresis[control->mode]);
        control->heater[i] = is_on;
    }
    return switched;
}
