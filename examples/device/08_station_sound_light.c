// SPDX-License-Identifier: MIT
// Weather station, 2 of 4: light and sound change faster. Keeps the loudest of the last second.
//
// hook: timer/50ms
// keys: 4 to 5 written
// grant: saul_reg_find_type, saul_reg_read, store_global

#include "mbpf.h"

enum { light_key = 4, sound_key = 5, runs_per_second = 20 };

static int16_t loudest;
static uint32_t runs;

SEC("timer/50ms")
int station_sound_light(void) {
    phydat_t reading;
    if (bpf_saul_reg_read(bpf_saul_reg_find_type(SAUL_SENSE_LIGHT), &reading) >= 1) {
        bpf_store_global(light_key, (uint32_t)reading.val[0]);
    }
    if (bpf_saul_reg_read(bpf_saul_reg_find_type(SAUL_SENSE_SOUND), &reading) >= 1 &&
        reading.val[0] > loudest) {
        loudest = reading.val[0];
    }
    if (++runs % runs_per_second == 0) {
        bpf_store_global(sound_key, (uint32_t)loudest);
        loudest = 0;
    }
    return 0;
}
