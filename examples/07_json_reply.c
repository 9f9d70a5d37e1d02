// SPDX-License-Identifier: MIT
// Writes a reply for the network into the buffer it was given. The helpers that format numbers
// check where they write, as every helper does with every pointer.
//
// Context: room for the reply. Result: its length.
//
// context: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
// context: 00 00 00 00 00 00 00 00 00 00 00 00
// after-text: {"temperature":-12.5,"uptime":86400}
// grant: fmt_s16_dfp, fmt_u32_dec, memcpy, strlen
// expect: 36

#include "mbpf.h"

enum { longest_reply = 40 };

static uint32_t append(char* reply, uint32_t at, char const* text) {
    uint32_t length = (uint32_t)bpf_strlen(text);
    bpf_memcpy(reply + at, text, length);
    return at + length;
}

uint64_t json_reply(char* reply, uint64_t bytes) {
    if (bytes < longest_reply) {
        return 0;
    }
    uint32_t at = append(reply, 0, "{\"temperature\":");
    at += (uint32_t)bpf_fmt_s16_dfp(reply + at, -125, -1);
    at = append(reply, at, ",\"uptime\":");
    at += (uint32_t)bpf_fmt_u32_dec(reply + at, 86400);
    return append(reply, at, "}");
}
