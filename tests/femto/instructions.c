// SPDX-License-Identifier: MIT
// Instructions in containers: all of version 2 of the instruction set, and where RFC 9669 has it
// otherwise than Femto-Containers.
#include "container.h"

static void negation_is_what_compilers_emit(void) {
    static const uint8_t text[] = {MOV_IMM(0, 5), SLOT(0x87, 0, 0, 0, 0), EXIT};
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK(result == -5);
}

static void a_backward_jump_to_the_first_instruction_is_right(void) {
    static const uint8_t text[] = {SLOT(0x07, 0, 0, 0, 1), SLOT(0x55, 0, 0, -2, 3), EXIT};
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 3);
}

static void wide_constants_are_not_sign_extended(void) {
    static const uint8_t text[] = {SLOT(0x18, 0, 0, 0, 0x80000000u), SLOT(0, 0, 0, 0, 1), EXIT};
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 0x180000000u);
}

static void division_by_zero_gives_zero(void) {
    static const uint8_t text[] = {MOV_IMM(0, 5), MOV_IMM(1, 0), SLOT(0x3f, 0, 1, 0, 0), EXIT};
    static const uint8_t rest[] = {MOV_IMM(0, 5), MOV_IMM(1, 0), SLOT(0x9f, 0, 1, 0, 0), EXIT};
    int64_t result = 9;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 0);
    CHECK_EQUAL(RUN(rest, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 5);
}

static void shifts_are_masked(void) {
    static const uint8_t text[] = {MOV_IMM(0, 3), MOV_IMM(1, 65), SLOT(0x6f, 0, 1, 0, 0), EXIT};
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 6);
}

static void operations_of_32_bits_are_there(void) {
    static const uint8_t text[] = {MOV_IMM(0, -1), SLOT(0x04, 0, 0, 0, 1), EXIT};
    int64_t result = 1;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 0);
}

static void the_size_of_the_context_is_in_r2(void) {
    static const uint8_t text[] = {MOV_REG(0, 2), EXIT};
    int64_t result = 0;
    uint32_t context[3] = {0, 0, 0};
    CHECK_EQUAL(RUN(text, context, sizeof context, &result), FC_OK);
    CHECK_EQUAL(result, sizeof context);
}

static void every_operation_computes(void) {
    // r6 = r0, in 64 and in 32 bits, by all of the arithmetic that there is
    static const uint8_t wide[] = {SLOT(0x18, 1, 0, 0, 0x89abcdefu),
                                   SLOT(0, 0, 0, 0, 0x01234567),
                                   MOV_IMM(2, 12),
                                   MOV_REG(0, 1),
                                   SLOT(0x1f, 0, 2, 0, 0),
                                   SLOT(0x2f, 0, 1, 0, 0),
                                   SLOT(0x4f, 0, 2, 0, 0),
                                   SLOT(0x57, 0, 0, 0, -8),
                                   SLOT(0xaf, 0, 1, 0, 0),
                                   SLOT(0x67, 0, 0, 0, 5),
                                   SLOT(0x77, 0, 0, 0, 3),
                                   SLOT(0xc7, 0, 0, 0, 2),
                                   SLOT(0x37, 0, 0, 0, 7),
                                   SLOT(0x97, 0, 0, 0, 1000003),
                                   SLOT(0x17, 0, 0, 0, 5),
                                   EXIT};
    static const uint8_t narrow[] = {MOV_IMM(1, -77),         MOV_IMM(2, 12),
                                     SLOT(0xbc, 0, 1, 0, 0),  SLOT(0x1c, 0, 2, 0, 0),
                                     SLOT(0x2c, 0, 1, 0, 0),  SLOT(0x44, 0, 0, 0, 0x100),
                                     SLOT(0x5c, 0, 1, 0, 0),  SLOT(0xa4, 0, 0, 0, 0x55),
                                     SLOT(0x64, 0, 0, 0, 7),  SLOT(0x7c, 0, 2, 0, 0),
                                     SLOT(0xc4, 0, 0, 0, 1),  SLOT(0x84, 0, 0, 0, 0),
                                     SLOT(0x34, 0, 0, 0, 3),  SLOT(0x94, 0, 0, 0, 1009),
                                     SLOT(0xdc, 0, 0, 0, 32), EXIT};
    uint64_t a = 0x0123456789abcdefu;
    uint64_t r = a - 12;
    uint32_t b = (uint32_t)-77;
    uint32_t s = b - 12;
    int64_t result = 0;
    r = ((r * a) | 12) & (uint64_t)-8;
    r = ((r ^ a) << 5) >> 3;
    r = (uint64_t)((int64_t)r >> 2) / 7 % 1000003 - 5;
    CHECK_EQUAL(RUN(wide, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, r);
    s = ((s * b) | 0x100) & b;
    s = ((s ^ 0x55) << 7) >> 12;
    s = (uint32_t)((int32_t)s >> 1);
    s = (0u - s) / 3 % 1009;
    CHECK_EQUAL(RUN(narrow, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, __builtin_bswap32(s));
}

static void every_condition_holds_or_not(void) {
    // r0 |= 1 << i, if the i-th condition holds for r1 and 5
    static const uint8_t opcodes[] = {0x15, 0x25, 0x35, 0x45, 0x55, 0x65,
                                      0x75, 0xa5, 0xb5, 0xc5, 0xd5};
    static const int64_t values[] = {4, 5, 6, -1, 0};
    for (size_t v = 0; v < sizeof values / sizeof values[0]; ++v) {
        int64_t a = values[v];
        uint64_t u = (uint64_t)a;
        int holds[] = {a == 5, u > 5, u >= 5, (u & 5) != 0, a != 5, a > 5,
                       a >= 5, u < 5, u <= 5, a < 5,        a <= 5};
        for (size_t i = 0; i < sizeof opcodes; ++i) {
            for (int is_reg = 0; is_reg < 2; ++is_reg) {
                const uint8_t text[] = {
                    MOV_IMM(1, a),
                    MOV_IMM(2, 5),
                    MOV_IMM(0, 1),
                    SLOT(opcodes[i] | (is_reg ? 8 : 0), 1, is_reg ? 2 : 0, 1, is_reg ? 0 : 5),
                    MOV_IMM(0, 0),
                    EXIT};
                int64_t result = 9;
                CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
                CHECK_EQUAL(result, holds[i]);
            }
        }
    }
}

static void every_width_is_loaded_and_stored(void) {
    static const uint8_t widths[] = {0x10, 0x08, 0x00, 0x18};  // Bytes, halfwords, words, all.
    for (int i = 0; i < 4; ++i) {
        uint64_t context[2] = {0x1122334455667788u, 0};
        uint64_t mask = i == 3 ? ~(uint64_t)0 : ((uint64_t)1 << (8 << i)) - 1;
        const uint8_t text[] = {SLOT(0x61 | widths[i], 0, 1, 0, 0),
                                SLOT(0x63 | widths[i], 1, 0, 8, 0),
                                SLOT(0x62 | widths[i], 1, 0, 0, -2), EXIT};
        int64_t result = 0;
        CHECK_EQUAL(RUN(text, context, sizeof context, &result), FC_OK);
        CHECK_EQUAL(result, 0x1122334455667788u & mask);
        CHECK_EQUAL(context[1], 0x1122334455667788u & mask);
        CHECK_EQUAL(context[0], (0x1122334455667788u & ~mask) | ((uint64_t)-2 & mask));
    }
}

#ifdef MBPF_SMALLEST
static void what_is_left_out_is_refused(void) {
    static const uint8_t jump32[] = {SLOT(0x16, 0, 0, 0, 0), EXIT};
    static const uint8_t far_jump[] = {SLOT(0x06, 0, 0, 0, 0), EXIT};
    static const uint8_t atomic[] = {SLOT(0xdb, 10, 0, -8, 0), EXIT};
    static const uint8_t sign[] = {SLOT(0x81, 0, 10, -8, 0), EXIT};
    static const uint8_t extends[] = {SLOT(0xbf, 0, 1, 8, 0), EXIT};
    static const uint8_t divides[] = {SLOT(0x37, 0, 0, 1, 3), EXIT};
    static const uint8_t function[] = {SLOT(0x85, 0, 1, 0, 0), EXIT};
    CHECK_EQUAL(STATUS_OF(jump32), FC_ILLEGAL_INSTRUCTION);
    CHECK_EQUAL(STATUS_OF(far_jump), FC_ILLEGAL_INSTRUCTION);
    CHECK_EQUAL(STATUS_OF(atomic), FC_ILLEGAL_INSTRUCTION);
    CHECK_EQUAL(STATUS_OF(sign), FC_ILLEGAL_INSTRUCTION);
    CHECK_EQUAL(STATUS_OF(extends), FC_ILLEGAL_INSTRUCTION);
    CHECK_EQUAL(STATUS_OF(divides), FC_ILLEGAL_INSTRUCTION);
    CHECK_EQUAL(STATUS_OF(function), FC_ILLEGAL_CALL);
}
#else
static void what_is_left_out_is_refused(void) {}  // Nothing is.
#endif

void test_instructions(void) {
    negation_is_what_compilers_emit();
    a_backward_jump_to_the_first_instruction_is_right();
    wide_constants_are_not_sign_extended();
    division_by_zero_gives_zero();
    shifts_are_masked();
    operations_of_32_bits_are_there();
    the_size_of_the_context_is_in_r2();
    every_operation_computes();
    every_condition_holds_or_not();
    every_width_is_loaded_and_stored();
    what_is_left_out_is_refused();
}
