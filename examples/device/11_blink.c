// SPDX-License-Identifier: MIT
// As programs were written before there were periods: one run that loops and sleeps. Others run
// meanwhile. It ends by itself, because a run has a budget.
//
// hook: boot
// grant: now_us, ztimer_periodic_wakeup, saul_reg_find_type, saul_reg_write

#include "mbpf.h"

enum { half_period_us = 500000, blinks = 1200 };

SEC("boot")
int blink(void) {
    uint32_t lamp = bpf_saul_reg_find_type(SAUL_ACT_SWITCH);
    uint32_t last = bpf_now_us();
    for (uint32_t i = 0; i < 2 * blinks; ++i) {
        phydat_t level = {{(int16_t)(i & 1), 0, 0}, 0, 0};
        bpf_saul_reg_write(lamp, &level);
        bpf_ztimer_periodic_wakeup(&last, half_period_us);
    }
    return 0;
}
