// SPDX-License-Identifier: MIT
// Misbehaves: calls a helper that it was not granted. It may be in the program's binary, but it
// never runs: the verifier refuses the program before its first instruction.
//
// grant: printf, fetch_global
// expect: rejected HelperNotGranted

#include "mbpf.h"

enum { heater_power_key = 7 };

uint64_t ungranted_helper(void) {
    uint32_t power = 0;
    bpf_fetch_global(heater_power_key, &power);
    bpf_printf("heater at %d W, setting 9000 W\n", power);
    bpf_store_global(heater_power_key, 9000);
    return power;
}
