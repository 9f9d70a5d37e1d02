// SPDX-License-Identifier: MIT
// Helper functions: what firmware lets programs call. Each has a signature, by which the machine
// checks every pointer before the function sees it, and a table finds it by one load.
//
//     static uint64_t read_sensor(mbpf_caller_t *caller, const uint64_t *args)
//     {
//         int32_t *reading = mbpf_pointer(args[1]);
//         *reading = sensor_value((uint32_t)args[0]);
//         return 0;
//     }
//
//     static const mbpf_helper_t helpers[] = {
//         MBPF_HELPER(0xa0, read_sensor, MBPF_SCALAR, MBPF_WRITABLE(4), 0, 0, 0),
//         MBPF_HELPER_WORDS(0xa1, add, 2),
//     };
//     static const uint8_t index_by_id[MBPF_HELPER_IDS] = {[0xa0] = 1, [0xa1] = 2};
//     static const mbpf_helpers_t table = {helpers, index_by_id};
//
// All of it lies in flash. C++ has no [0xa0] = 1: there, and for helpers that are gathered by a
// linker, mbpf_helpers_build() makes the table in RAM.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "mbpf_fault.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MBPF_HELPER_IDS 256  // An id is 0 to 255.
#define MBPF_HELPER_ARGS 5   // r1 to r5 (RFC 9669 section 4.3.1)

// The program that called a helper, as the helper sees it. Valid while the helper runs.
typedef struct mbpf_caller mbpf_caller_t;

// What a helper does with an argument. 0: there is no such argument.
#define MBPF_SCALAR 1u  // any value
// It points to so many bytes (1 to 31) that the program may read, or write.
#define MBPF_READABLE(bytes) MBPF_ARG_(2u, bytes)
#define MBPF_WRITABLE(bytes) MBPF_ARG_(3u, bytes)
// It points to as many bytes as argument number `argument` (1 to 5) says, in its low 32 bits; the
// helper must not look at the others. If they are 0 the pointer is any value.
#define MBPF_READABLE_SIZED_BY(argument) MBPF_ARG_(4u, argument)
#define MBPF_WRITABLE_SIZED_BY(argument) MBPF_ARG_(5u, argument)
#define MBPF_TEXT 6u  // It points to a string, all of it readable, the NUL included.

// args[0] is r1. The result is r0.
typedef uint64_t (*mbpf_helper_call_t)(mbpf_caller_t* caller, const uint64_t* args);
// The low words of r1 to r5. The result is zero-extended.
typedef uint32_t (*mbpf_helper_words_t)(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);

// To be made by the macros below.
typedef struct mbpf_helper {
    mbpf_helper_call_t call;
    mbpf_helper_words_t words;
    uint8_t args[MBPF_HELPER_ARGS];
    uint8_t pointers;  // Bit i: args[i] is a pointer.
    uint8_t gate;
    uint8_t id;
} mbpf_helper_t;

// A helper with any signature: function(caller, args). It does not compile if the id or a size is
// out of range. That a size names a scalar is checked by mbpf_helpers_check().
#define MBPF_HELPER(id, function, a1, a2, a3, a4, a5)                                      \
    {                                                                                      \
        (function), NULL, {(a1), (a2), (a3), (a4), (a5)},                                  \
            (uint8_t)(MBPF_POINTER_(a1, 0) | MBPF_POINTER_(a2, 1) | MBPF_POINTER_(a3, 2) | \
                      MBPF_POINTER_(a4, 3) | MBPF_POINTER_(a5, 4)),                        \
            MBPF_GATE_CHECKED_, (uint8_t)MBPF_WITHIN_(id, 0, MBPF_HELPER_IDS - 1)          \
    }

// The quickest: a function of scalars that fit into 32 bits, which cannot fail. `count` of its
// five parameters are used.
#define MBPF_HELPER_WORDS(id, function, count)                                                     \
    {                                                                                              \
        NULL, (function), {(count) > 0, (count) > 1, (count) > 2, (count) > 3, (count) > 4}, 0, 0, \
            (uint8_t)MBPF_WITHIN_(id, 0, MBPF_HELPER_IDS - 1)                                      \
    }

#define MBPF_GATE_CHECKED_ 0x21u
// The value, if it lies between the two.
#define MBPF_WITHIN_(value, least, most) \
    ((value) + 0 * sizeof(char[(value) >= (least) && (value) <= (most) ? 1 : -1]))
#define MBPF_ARG_(kind, amount) ((uint8_t)((kind) | MBPF_WITHIN_(amount, 1, 31) * 8u))
#define MBPF_POINTER_(arg, bit) ((unsigned)(((arg)&7u) > MBPF_SCALAR) << (bit))

// Helpers by id: helpers[index_by_id[id] - 1], or none if that is 0; {NULL, NULL}: none. Both live
// as long as every program that was verified against them.
typedef struct mbpf_helpers {
    const mbpf_helper_t* helpers;
    const uint8_t* index_by_id;  // MBPF_HELPER_IDS of them
} mbpf_helpers_t;

// Whether a table that was written by hand is right: its index leads to helpers of that id, which
// have a function, and every size names a scalar. `count`: helpers in the table, at most 254.
// Returns the index of the first helper that is wrong, or `count`. Call it once, in a test or at
// the start.
size_t mbpf_helpers_check(const mbpf_helpers_t* table, size_t count);

// The standard helpers (SPEC.md, "Helpers"), in flash. An instance that uses them has an
// environment (mbpf_environment_t), or they end the run; containers of a device have one.
mbpf_helpers_t mbpf_standard_helpers(void);
#define MBPF_STANDARD_HELPERS 34  // How many there are.

// How many entries mbpf_helpers_build() needs if it starts from `base`.
size_t mbpf_helpers_count(const mbpf_helpers_t* base);

// Makes one table of several: first those of `base` (or none, if it is NULL), then `count` of
// `helpers`, which replace those of the same id. `room` has `room_count` entries, `index_by_id`
// MBPF_HELPER_IDS; both stay in use. Faults: MEMORY_TOO_SMALL (found: entries there; allowed:
// entries needed); HELPER_UNKNOWN (where: index in `helpers`) if one is malformed or its id is
// among them twice.
mbpf_fault_t mbpf_helpers_build(mbpf_helper_t* room, size_t room_count, uint8_t* index_by_id,
                                const mbpf_helpers_t* base, const mbpf_helper_t* helpers,
                                size_t count, mbpf_helpers_t* table, mbpf_error_t* error);

// For helpers, while they run.

// The pointer that a program passed, for arguments whose signature says that they are one.
static inline void* mbpf_pointer(uint64_t arg) { return (void*)(uintptr_t)arg; }

// Whether the program itself may access [address, address + bytes).
int mbpf_may_read(const mbpf_caller_t* caller, uint64_t address, uint32_t bytes);
int mbpf_may_write(const mbpf_caller_t* caller, uint64_t address, uint32_t bytes);

// The id by which it was called: one function may serve several.
uint32_t mbpf_called(const mbpf_caller_t* caller);

// The run ends with MBPF_TRAP_HELPER_FAILED when the helper returns.
void mbpf_fail(mbpf_caller_t* caller);

// What mbpf_attach() or mbpf_attach_own() attached. Not to be used in a container of a device,
// which has something of the core there.
void* mbpf_attached(const mbpf_caller_t* caller);

#ifdef __cplusplus
}
#endif
