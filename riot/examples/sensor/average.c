// SPDX-License-Identifier: MIT
// A moving average of a temperature sensor, and an alarm if it passes the limit that the firmware
// raises an event with.
//
// hook: timer/200ms, event/7
// grant: saul_reg_find_type, saul_reg_read, printf, 0xa0

#include "mbpf.h"

enum { count = 8 };

struct limit {
    int32_t tenths;
    int32_t average;  // The answer.
};

static int (*const raise_alarm)(int32_t tenths) = (int (*)(int32_t))0xa0;  // Of the application.

static int16_t readings[count];
static uint32_t used;

static int32_t average(void) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < count; ++i) {
        sum += readings[i];
    }
    return used < count ? 0 : sum / count;
}

SEC("timer/200ms")
int measure(void) {
    phydat_t reading;
    if (bpf_saul_reg_read(bpf_saul_reg_find_type(SAUL_SENSE_TEMP), &reading) >= 1) {
        readings[used % count] = reading.val[0];
        ++used;
    }
    return 0;
}

SEC("event/7")
int look(struct limit* limit, uint64_t bytes) {
    if (bytes < sizeof *limit) {
        return -1;
    }
    limit->average = average();
    return limit->average > limit->tenths ? raise_alarm(limit->average) : 0;
}
