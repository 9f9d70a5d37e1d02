// SPDX-License-Identifier: MIT
/* CoAP response with the averaged temperature as JSON (10 fetches, formatting, payload writes) */
#include "prog.h"
uint32_t gcoap(struct ctx* c) {
    uint32_t t[10], sum = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 10; i++) {
        uint32_t v = 0;
        bpf_fetch(i, &v);
        t[i] = v;
    }
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 10; i++)
        sum += t[i];
    char b[8];
    uint32_t len = bpf_fmt_s16(b, sum / 10, -1);
    bpf_coap_init(c, 2 << 5 | 5);
    bpf_coap_format(c, 0);
    uint32_t pdu = bpf_coap_finish(c, 1);
    uint8_t* pay = c->data;
    if (c->n >= len + 18) {
        static const char fmt[] = "{\"temperature\": }";
        bpf_memcpy(pay, fmt, 16);
        bpf_memcpy(pay + 16, b, len);
        bpf_memcpy(pay + 16 + len, fmt + 16, 2);
        return pdu + len + 18;
    }
    return 0;
}
