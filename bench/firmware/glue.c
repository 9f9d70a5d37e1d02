// SPDX-License-Identifier: MIT
// Native programs reach the helpers by the names of bench/programs/prog.h, from another file: a
// call that the compiler cannot see through, as for an engine.
#include "bench/firmware/helpers.h"

uint32_t bpf_printf(char const* format, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    return bench_printf(format, a, b, c, d);
}
uint32_t bpf_strlen(char const* text) { return bench_strlen(text); }
uint32_t bpf_fetch(uint32_t key, uint32_t* value) { return bench_fetch(key, value); }
uint32_t bpf_store(uint32_t key, uint32_t value) { return bench_store(key, value); }
uint32_t bpf_memcpy(void* to, void const* from, uint32_t n) { return bench_memcpy(to, from, n); }
uint32_t bpf_fmt_s16(char* out, int32_t value, int32_t digits) {
    return bench_fmt_s16(out, value, digits);
}
uint32_t bpf_fmt_u32(char* out, uint32_t value) { return bench_fmt_u32(out, value); }
uint32_t bpf_saul_find(uint32_t type) { return bench_saul_find(type); }
uint32_t bpf_saul_read(uint32_t device, uint32_t* value) { return bench_saul_read(device, value); }
uint32_t bpf_coap_init(void* context, uint32_t code) { return bench_coap_init(context, code); }
uint32_t bpf_coap_format(void* context, uint32_t f) { return bench_coap_format(context, f); }
uint32_t bpf_coap_finish(void* context, uint32_t n) { return bench_coap_finish(context, n); }
uint32_t bpf_nop(uint32_t a, uint32_t b) { return bench_nop(a, b); }
