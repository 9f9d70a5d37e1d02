// SPDX-License-Identifier: MIT
// A formatted answer, with the packet of Femto-Containers: {"temperature": 22.3, "humidity": 65.3}.
// The program writes header, options and payload itself; what it returns is looked at byte by byte.
//
// hook: coap_packet/weather
// keys: 0 to 1 read
// grant: fetch_global, memcpy, fmt_s16_dfp, gcoap_resp_init, coap_add_format, coap_opt_finish,
//        coap_get_pdu

#include "mbpf.h"

enum { temperature_key = 0, humidity_key = 1, longest_payload = 48 };

static char const temperature_text[] = "{\"temperature\": ";
static char const humidity_text[] = ", \"humidity\": ";

static int16_t fetch(uint32_t key) {
    uint32_t value = 0;
    bpf_fetch_global(key, &value);
    return (int16_t)value;
}

SEC("coap_packet/weather")
int weather_packet(bpf_coap_ctx_t* context) {
    if (bpf_gcoap_resp_init(context, COAP_CONTENT) < 0 ||
        bpf_coap_add_format(context, COAP_FORMAT_JSON) < 0) {
        return -1;
    }
    int head = bpf_coap_opt_finish(context, COAP_OPT_FINISH_PAYLOAD);
    if (head < 0 || context->pkt->payload_len < longest_payload) {
        return -1;
    }
    char* payload = (char*)bpf_coap_get_pdu(context);
    char* at = payload;
    bpf_memcpy(at, temperature_text, sizeof temperature_text - 1);
    at += sizeof temperature_text - 1;
    at += bpf_fmt_s16_dfp(at, fetch(temperature_key), -1);
    bpf_memcpy(at, humidity_text, sizeof humidity_text - 1);
    at += sizeof humidity_text - 1;
    at += bpf_fmt_s16_dfp(at, fetch(humidity_key), -1);
    *at++ = '}';
    return head + (int)(at - payload);
}
