// SPDX-License-Identifier: MIT
// For authors of programs: fixed-width types, the helpers of SPEC.md, "Helpers", and what hooks
// pass to a program. Everything here costs nothing in a program that does not use it.
//
//   #include "mbpf.h"
//
//   int sum(struct mbpf_buffer* context) { ... }      // r1: context, r2: its length in bytes
//
// A program is one C file; its entry is a function that is not static. `mbpf build` compiles it.
#pragma once

typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
typedef signed char int8_t;
typedef short int16_t;
typedef int int32_t;
typedef long long int64_t;
typedef __SIZE_TYPE__ size_t;

// A helper is called by number: the compiler turns a call through such a constant into one CALL
// instruction. Ids are those of Femto-Containers where it has the helper too.

// Prints like printf, with %d %u %x %s %c of 32-bit arguments; the result is the length printed.
static int (*const bpf_printf)(char const* format, ...) = (int (*)(char const*, ...))0x01;
// Copies `bytes` from readable to writable memory of the program; the result is `to`.
static void* (*const bpf_memcpy)(void* to, void const* from, uint32_t bytes) =
    (void* (*)(void*, void const*, uint32_t))0x02;
// Prints a number on a line of its own.
static int (*const bpf_print_debug)(uint64_t value) = (int (*)(uint64_t))0x03;

// Two key-value stores: of this program, and of all programs. A key that was never stored reads as
// 0. Storing fails with a negative result when the store is full.
static int (*const bpf_store_local)(uint32_t key, uint32_t value) =
    (int (*)(uint32_t, uint32_t))0x10;
static int (*const bpf_store_global)(uint32_t key, uint32_t value) =
    (int (*)(uint32_t, uint32_t))0x11;
static int (*const bpf_fetch_local)(uint32_t key, uint32_t* value) =
    (int (*)(uint32_t, uint32_t*))0x12;
static int (*const bpf_fetch_global)(uint32_t key, uint32_t* value) =
    (int (*)(uint32_t, uint32_t*))0x13;

// Time since the device started; wraps around.
static uint32_t (*const bpf_now_ms)(void) = (uint32_t(*)(void))0x20;
static uint32_t (*const bpf_now_us)(void) = (uint32_t(*)(void))0x60;

// Numbers as decimal text without a terminating NUL; the result is the number of characters.
// `digits` is negative for digits behind the point: (21, -1) is "2.1".
static uint32_t (*const bpf_fmt_s16_dfp)(char* out, int16_t value, int digits) =
    (uint32_t(*)(char*, int16_t, int))0x50;
static uint32_t (*const bpf_fmt_u32_dec)(char* out, uint32_t value) =
    (uint32_t(*)(char*, uint32_t))0x51;
// Length of NUL-terminated text.
static uint32_t (*const bpf_strlen)(char const* text) = (uint32_t(*)(char const*))0x52;

// Contexts by shape: declare the entry with the one that its hook passes.
struct mbpf_buffer {
    uint8_t bytes[1];  // As many as the second argument of the entry says.
};
struct mbpf_words {
    uint32_t words[1];  // The second argument divided by 4.
};
