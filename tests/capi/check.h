// SPDX-License-Identifier: MIT
// Checks for tests that are C11 and C++20 at once.
#pragma once

#include <stdint.h>

// A board without a console tells by its exit code only.
#ifdef CHECK_QUIETLY
#define TELL(...) ((void)0)
#else
#include <stdio.h>
#define TELL(...) printf(__VA_ARGS__)
#endif

#define ALIGNED_8 __attribute__((aligned(8)))
#define ALIGNED_16 __attribute__((aligned(16)))

extern unsigned checks_failed;

#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition)) {                                                      \
            ++checks_failed;                                                     \
            TELL("%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
        }                                                                        \
    } while (0)

#define CHECK_EQUAL(value, expected)                                                    \
    do {                                                                                \
        unsigned long long value_ = (unsigned long long)(value);                        \
        unsigned long long expected_ = (unsigned long long)(expected);                  \
        if (value_ != expected_) {                                                      \
            ++checks_failed;                                                            \
            TELL("%s:%d: %s is %llu, not %llu\n", __FILE__, __LINE__, #value, value_, \
                   expected_);                                                          \
        }                                                                               \
    } while (0)

// An instruction.
#define SLOT(opcode, dst, src, offset, imm)                                                  \
    (uint8_t)(opcode), (uint8_t)((dst) | (src) << 4), (uint8_t)(offset),                     \
        (uint8_t)((unsigned)(offset) >> 8), (uint8_t)(imm), (uint8_t)((uint32_t)(imm) >> 8), \
        (uint8_t)((uint32_t)(imm) >> 16), (uint8_t)((uint32_t)(imm) >> 24)
#define MOV_IMM(dst, imm) SLOT(0xb7, dst, 0, 0, imm)
#define MOV_REG(dst, src) SLOT(0xbf, dst, src, 0, 0)
#define ADD_REG(dst, src) SLOT(0x0f, dst, src, 0, 0)
#define LOAD_W(dst, src, offset) SLOT(0x61, dst, src, offset, 0)
#define STORE_W(dst, offset, src) SLOT(0x63, dst, src, offset, 0)
#define JUMP(offset) SLOT(0x05, 0, 0, offset, 0)
#define CALL(id) SLOT(0x85, 0, 0, 0, id)
#define EXIT SLOT(0x95, 0, 0, 0, 0)

void test_programs(void);
void test_helpers(void);
void test_code(void);
void test_environment(void);
void test_maps(void);
void test_device(void);
