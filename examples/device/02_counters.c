// SPDX-License-Identifier: MIT
// Storage: counts its requests in its own store, and those of all copies of it in the global one.
// Both survive the run. Installed under two names, it has two first numbers and one second; the
// second copy gets another path: mbpf deploy 02_counters.c --name other -- -DPATH='"other"'
//
// hook: coap/count
// keys: 32 read and written
// grant: store_local, fetch_local, store_global, fetch_global, fmt_u32_dec, reply

#include "mbpf.h"

enum { own_key = 0, shared_key = 32 };

#ifndef PATH
#define PATH "count"
#endif

SEC("coap/" PATH)
int counters(void) {
    uint32_t own = 0;
    uint32_t shared = 0;
    bpf_fetch_local(own_key, &own);
    bpf_fetch_global(shared_key, &shared);
    bpf_store_local(own_key, own + 1);
    bpf_store_global(shared_key, shared + 1);

    char text[24];
    uint32_t length = bpf_fmt_u32_dec(text, own + 1);
    text[length++] = ' ';
    length += bpf_fmt_u32_dec(text + length, shared + 1);
    return bpf_reply(COAP_CONTENT, COAP_FORMAT_TEXT, text, length);
}
