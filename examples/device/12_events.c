// SPDX-License-Identifier: MIT
// Maps: each press of the button becomes a record of a ring buffer, which somebody takes out later
// (`mbpf map events presses -f`); a hash counts how warm it was at each. How many presses there
// were is kept when power is lost.
//
// hook: timer/100ms, coap/presses
// keys: 0 of its own, kept
// grant: gpio_read_input, saul_reg_find_type, saul_read_temp, map_lookup_elem, map_update_elem,
//        ringbuf_reserve, ringbuf_submit, store_local, fetch_local, now_ms, reply, fmt_u32_dec

#include "mbpf.h"

enum { button_port = 0, button_pin = 3, presses_key = 0 };

struct press {
    uint32_t number;
    uint32_t time_ms;
    int32_t temperature;  // Tenths of a degree.
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256);
} presses SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __type(key, uint32_t);  // Whole degrees.
    __type(value, uint32_t);
    __uint(max_entries, 16);
} by_temperature SEC(".maps");

static int was_down;

static void count(uint32_t degrees) {
    uint32_t* times = bpf_map_lookup_elem(&by_temperature, &degrees);
    if (times) {
        ++*times;
        return;
    }
    uint32_t once = 1;
    bpf_map_update_elem(&by_temperature, &degrees, &once, BPF_ANY);
}

SEC("timer/100ms")
int watch(void) {
    int is_down = bpf_gpio_read_input(button_port, button_pin) == 1;
    int is_new = is_down && !was_down;
    was_down = is_down;
    if (!is_new) {
        return 0;
    }
    uint32_t number = 0;
    int32_t temperature = 0;
    bpf_fetch_local(presses_key, &number);
    bpf_store_local(presses_key, ++number);
    bpf_saul_read_temp(bpf_saul_reg_find_type(SAUL_SENSE_TEMP), &temperature);
    count(temperature > 0 ? (uint32_t)temperature / 10 : 0);
    struct press* press = bpf_ringbuf_reserve(&presses, sizeof *press, 0);
    if (!press) {
        return 1;  // Nobody has taken the others out.
    }
    press->number = number;
    press->time_ms = bpf_now_ms();
    press->temperature = temperature;
    bpf_ringbuf_submit(press, 0);
    return 0;
}

SEC("coap/presses")
int tell(void) {
    uint32_t number = 0;
    bpf_fetch_local(presses_key, &number);
    char text[12];
    uint32_t length = bpf_fmt_u32_dec(text, number);
    return bpf_reply(COAP_CONTENT, COAP_FORMAT_TEXT, text, length);
}
