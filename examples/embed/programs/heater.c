// SPDX-License-Identifier: MIT
// Switches a heater, on event 1 of the firmware. host.c installs it.
#include "mbpf.h"

struct control {
    int16_t temperature;  // Tenths of a degree.
    uint8_t heater;
};

SEC("event/1")
uint64_t heater(struct control* control, uint64_t bytes) {
    if (bytes < sizeof *control) {
        return 0;
    }
    uint8_t before = control->heater;
    control->heater = control->temperature < 205;
    if (control->heater != before) {
        bpf_printf("heater %u at %d\n", control->heater, control->temperature);
    }
    return control->heater;
}
