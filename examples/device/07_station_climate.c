// SPDX-License-Identifier: MIT
// Weather station, 1 of 4: reads temperature and humidity every two seconds, for the others.
//
// hook: timer/2s
// keys: 0 to 1 written
// grant: saul_reg_find_type, saul_reg_read, store_global

#include "mbpf.h"

enum { temperature_key = 0, humidity_key = 1 };  // Tenths.

static void update(uint32_t type, uint32_t key) {
    phydat_t reading;
    if (bpf_saul_reg_read(bpf_saul_reg_find_type(type), &reading) >= 1) {
        bpf_store_global(key, (uint32_t)reading.val[0]);
    }
}

SEC("timer/2s")
int station_climate(void) {
    update(SAUL_SENSE_TEMP, temperature_key);
    update(SAUL_SENSE_HUM, humidity_key);
    return 0;
}
