// SPDX-License-Identifier: MIT
// Two hooks that share data: a request sets what temperature is wanted, such as "21.5", and once a
// second the heater, led0, is switched on or off.
//
// hook: timer/1s, coap/thermostat
// grant: saul_reg_find_type, saul_reg_read, saul_reg_write, fmt_s16_dfp, reply

#include "mbpf.h"

enum { margin = 5, coldest = 50, hottest = 300 };  // Tenths of a degree.

static int16_t wanted = 210;
static uint8_t is_on;

SEC("timer/1s")
int control(void) {
    phydat_t reading;
    if (bpf_saul_reg_read(bpf_saul_reg_find_type(SAUL_SENSE_TEMP), &reading) < 1) {
        return -1;
    }
    if (reading.val[0] < wanted - margin) {
        is_on = 1;
    } else if (reading.val[0] > wanted + margin) {
        is_on = 0;
    }
    phydat_t heater = {{is_on, 0, 0}, 0, 0};
    return bpf_saul_reg_write(bpf_saul_reg_find_type(SAUL_ACT_SWITCH), &heater);
}

// Tenths of what is written, or -1: digits, and perhaps a point and one digit.
static int parse(char const* text, uint64_t bytes) {
    int tenths = 0;
    uint64_t at = 0;
    while (at < bytes && at < 3 && text[at] >= '0' && text[at] <= '9') {
        tenths = tenths * 10 + (text[at++] - '0');
    }
    if (at == 0) {
        return -1;
    }
    tenths *= 10;
    if (at + 2 == bytes && text[at] == '.' && text[at + 1] >= '0' && text[at + 1] <= '9') {
        return tenths + (text[at + 1] - '0');
    }
    return at == bytes ? tenths : -1;
}

// Without a payload, only says what is wanted.
SEC("coap/thermostat")
int set_point(char const* text, uint64_t bytes) {
    if (bytes != 0) {
        int tenths = parse(text, bytes);
        if (tenths < coldest || tenths > hottest) {
            return bpf_reply(COAP_BAD_REQUEST, COAP_FORMAT_NONE, 0, 0);
        }
        wanted = (int16_t)tenths;
    }
    char reply[8];
    uint32_t length = bpf_fmt_s16_dfp(reply, wanted, -1);
    return bpf_reply(bytes != 0 ? COAP_CHANGED : COAP_CONTENT, COAP_FORMAT_TEXT, reply, length);
}
