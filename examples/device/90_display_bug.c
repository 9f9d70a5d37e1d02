// SPDX-License-Identifier: MIT
// Misbehaves: a display that follows a bad pointer when the button is pressed. The run is stopped
// at that line, the container pauses, and everybody else goes on.
//
// hook: timer/250ms
// grant: saul_reg_find_type, saul_reg_read, printf

#include "mbpf.h"

SEC("timer/250ms")
int display_bug(void) {
    phydat_t button;
    uint32_t handle = bpf_saul_reg_find_type(SAUL_SENSE_BTN);
    if (bpf_saul_reg_read(handle, &button) >= 1 && button.val[0] != 0) {
        char const volatile* line = (char const volatile*)-1;
        bpf_printf("%c\n", *line);
    }
    return 0;
}
