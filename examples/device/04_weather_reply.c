// SPDX-License-Identifier: MIT
// The same answer as 03_weather_packet, with the plain helper: the device makes the packet.
//
// hook: coap/weather-plain
// keys: 0 to 1 read
// grant: fetch_global, memcpy, fmt_s16_dfp, reply

#include "mbpf.h"

enum { temperature_key = 0, humidity_key = 1, longest_reply = 48 };

static char const temperature_text[] = "{\"temperature\": ";
static char const humidity_text[] = ", \"humidity\": ";

static int16_t fetch(uint32_t key) {
    uint32_t value = 0;
    bpf_fetch_global(key, &value);
    return (int16_t)value;
}

SEC("coap/weather-plain")
int weather_reply(void) {
    char reply[longest_reply];
    char* at = reply;
    bpf_memcpy(at, temperature_text, sizeof temperature_text - 1);
    at += sizeof temperature_text - 1;
    at += bpf_fmt_s16_dfp(at, fetch(temperature_key), -1);
    bpf_memcpy(at, humidity_text, sizeof humidity_text - 1);
    at += sizeof humidity_text - 1;
    at += bpf_fmt_s16_dfp(at, fetch(humidity_key), -1);
    *at++ = '}';
    return bpf_reply(COAP_CONTENT, COAP_FORMAT_JSON, reply, (uint32_t)(at - reply));
}
