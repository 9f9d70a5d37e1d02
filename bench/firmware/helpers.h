// SPDX-License-Identifier: MIT
// The helpers that benchmark programs call, the same functions for native code and for engines, and
// what a program is given. They do little, so that what is measured is the way to them and back.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench_context {
    uint32_t n, a, b, r;
    uint8_t data[1024];
};

// Puts everything that a program can see into the state that `program` starts from.
void bench_reset(struct bench_context* context, char const* program);

// What printf was given, so that a wrong argument shows in the result.
extern uint32_t bench_log;

uint32_t bench_printf(char const* format, uint32_t a, uint32_t b, uint32_t c, uint32_t d);
uint32_t bench_strlen(char const* text);
uint32_t bench_fetch(uint32_t key, uint32_t* value);
uint32_t bench_store(uint32_t key, uint32_t value);
uint32_t bench_memcpy(void* to, void const* from, uint32_t bytes);
uint32_t bench_fmt_s16(char* out, int32_t value, int32_t digits);
uint32_t bench_fmt_u32(char* out, uint32_t value);
uint32_t bench_saul_find(uint32_t type);
uint32_t bench_saul_read(uint32_t device, uint32_t* value);
uint32_t bench_coap_init(void* context, uint32_t code);
uint32_t bench_coap_format(void* context, uint32_t format);
uint32_t bench_coap_finish(void* context, uint32_t options);
uint32_t bench_nop(uint32_t a, uint32_t b);

#ifdef __cplusplus
}
#endif
