// SPDX-License-Identifier: MIT
// Weather station, 4 of 4: answers the network. Two paths, one container.
//
// hook: coap/climate, coap/surroundings
// keys: 0 to 5 read
// grant: fetch_global, memcpy, strlen, fmt_s16_dfp, reply

#include "mbpf.h"

enum { temperature_key = 0, humidity_key = 1, light_key = 4, sound_key = 5, longest_reply = 64 };

static uint32_t append(char* reply, uint32_t at, char const* text) {
    uint32_t length = bpf_strlen(text);
    bpf_memcpy(reply + at, text, length);
    return at + length;
}

static uint32_t append_tenths(char* reply, uint32_t at, uint32_t key) {
    uint32_t value = 0;
    bpf_fetch_global(key, &value);
    return at + bpf_fmt_s16_dfp(reply + at, (int16_t)value, -1);
}

SEC("coap/climate")
int climate(void) {
    char reply[longest_reply];
    uint32_t at = append(reply, 0, "{\"temperature\": ");
    at = append_tenths(reply, at, temperature_key);
    at = append(reply, at, ", \"humidity\": ");
    at = append_tenths(reply, at, humidity_key);
    at = append(reply, at, "}");
    return bpf_reply(COAP_CONTENT, COAP_FORMAT_JSON, reply, at);
}

SEC("coap/surroundings")
int surroundings(void) {
    char reply[longest_reply];
    uint32_t at = append(reply, 0, "{\"light_intensity\": ");
    at = append_tenths(reply, at, light_key);
    at = append(reply, at, ", \"sound_volume\": ");
    at = append_tenths(reply, at, sound_key);
    at = append(reply, at, "}");
    return bpf_reply(COAP_CONTENT, COAP_FORMAT_JSON, reply, at);
}
