// SPDX-License-Identifier: MIT
/* Common header of the benchmark programs.
 * Each program: uint32_t NAME(struct ctx *c).  Compiled for BPF, Thumb-2, x86-64, wasm32. */
#ifndef PROG_H
#define PROG_H
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef short int16_t;
typedef unsigned int uint32_t;
typedef int int32_t;
typedef unsigned long long uint64_t;
typedef long long int64_t;

struct ctx {
    uint32_t n, a, b, r;
    uint8_t data[1];
};

/* helper numbers */
enum {
    H_PRINTF = 1,
    H_STRLEN,
    H_FETCH,
    H_STORE,
    H_MEMCPY,
    H_FMT_S16,
    H_FMT_U32,
    H_SAUL_FIND,
    H_SAUL_READ,
    H_COAP_INIT,
    H_COAP_FORMAT,
    H_COAP_FINISH,
    H_NOP
};

#if defined(__bpf__)
#define H(ret, name, id, ...) static ret (*const name)(__VA_ARGS__) = (void*)(long)(id)
H(uint32_t, bpf_printf, H_PRINTF, const char*, uint32_t, uint32_t, uint32_t, uint32_t);
H(uint32_t, bpf_strlen, H_STRLEN, const char*);
H(uint32_t, bpf_fetch, H_FETCH, uint32_t, uint32_t*);
H(uint32_t, bpf_store, H_STORE, uint32_t, uint32_t);
H(uint32_t, bpf_memcpy, H_MEMCPY, void*, const void*, uint32_t);
H(uint32_t, bpf_fmt_s16, H_FMT_S16, char*, int32_t, int32_t);
H(uint32_t, bpf_fmt_u32, H_FMT_U32, char*, uint32_t);
H(uint32_t, bpf_saul_find, H_SAUL_FIND, uint32_t);
H(uint32_t, bpf_saul_read, H_SAUL_READ, uint32_t, uint32_t*);
H(uint32_t, bpf_coap_init, H_COAP_INIT, void*, uint32_t);
H(uint32_t, bpf_coap_format, H_COAP_FORMAT, void*, uint32_t);
H(uint32_t, bpf_coap_finish, H_COAP_FINISH, void*, uint32_t);
H(uint32_t, bpf_nop, H_NOP, uint32_t, uint32_t);
#else
#if defined(__wasm__)
#define IMP(n) __attribute__((import_module("env"), import_name(n)))
#else
#define IMP(n)
#endif
extern uint32_t bpf_printf(const char*, uint32_t, uint32_t, uint32_t, uint32_t) IMP("printf");
extern uint32_t bpf_strlen(const char*) IMP("strlen");
extern uint32_t bpf_fetch(uint32_t, uint32_t*) IMP("fetch");
extern uint32_t bpf_store(uint32_t, uint32_t) IMP("store");
extern uint32_t bpf_memcpy(void*, const void*, uint32_t) IMP("memcpy");
extern uint32_t bpf_fmt_s16(char*, int32_t, int32_t) IMP("fmt_s16");
extern uint32_t bpf_fmt_u32(char*, uint32_t) IMP("fmt_u32");
extern uint32_t bpf_saul_find(uint32_t) IMP("saul_find");
extern uint32_t bpf_saul_read(uint32_t, uint32_t*) IMP("saul_read");
extern uint32_t bpf_coap_init(void*, uint32_t) IMP("coap_init");
extern uint32_t bpf_coap_format(void*, uint32_t) IMP("coap_format");
extern uint32_t bpf_coap_finish(void*, uint32_t) IMP("coap_finish");
extern uint32_t bpf_nop(uint32_t, uint32_t) IMP("nop");
#endif
#define INL static inline __attribute__((always_inline))
#endif
