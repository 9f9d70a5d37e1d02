// SPDX-License-Identifier: MIT
// Weather station, 3 of 4: shows one value after the other, each for five seconds; the button goes
// to the next at once. Its display is the log.
//
// hook: timer/250ms
// keys: 0 to 5 read
// grant: saul_reg_find_type, saul_reg_read, fetch_global, fmt_s16_dfp, printf

#include "mbpf.h"

enum { pages = 4, runs_per_page = 20, longest_number = 12 };

static char const* const titles[pages] = {"Temperature", "Humidity", "Light", "Sound"};
static char const* const units[pages] = {"C", "%", "%", "dB"};
static uint8_t const keys[pages] = {0, 1, 4, 5};

static uint32_t page = pages - 1;
static uint32_t runs_left;
static uint8_t was_pressed;

static uint8_t is_pressed_now(void) {
    phydat_t button;
    uint32_t handle = bpf_saul_reg_find_type(SAUL_SENSE_BTN);
    return bpf_saul_reg_read(handle, &button) >= 1 && button.val[0] != 0;
}

SEC("timer/250ms")
int station_display(void) {
    uint8_t pressed = is_pressed_now();
    if (pressed && !was_pressed) {
        runs_left = 0;
    }
    was_pressed = pressed;
    if (runs_left != 0) {
        --runs_left;
        return 0;
    }
    runs_left = runs_per_page - 1;
    page = (page + 1) % pages;
    uint32_t value = 0;
    bpf_fetch_global(keys[page], &value);
    char number[longest_number] = {0};
    bpf_fmt_s16_dfp(number, (int16_t)value, -1);
    bpf_printf("%s: %s %s\n", titles[page], number, units[page]);
    return 0;
}
