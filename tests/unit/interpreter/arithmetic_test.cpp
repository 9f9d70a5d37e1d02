// SPDX-License-Identifier: MIT
// Every ALU opcode on pairs of numbers at which 32-bit cores and hasty engines go wrong. Each
// result is known independently, from C++ that is written here, and the reference interpreter has
// its say as well.
#include <array>
#include <limits>

#include <gtest/gtest.h>

#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

using isa::Alu;
using isa::Slot;
using Wide = __int128;
using Unsigned = unsigned __int128;

constexpr std::array<std::uint64_t, 27> numbers{
    0,
    1,
    2,
    3,
    13,
    31,
    32,
    33,
    63,
    64,
    65,
    0x7f,
    0x80,
    0x7fff,
    0x8000,
    0x7fff'ffff,
    0x8000'0000,
    0x8000'0001,
    0xffff'fffe,
    0xffff'ffff,
    0x1'0000'0000,
    0x1'8000'0000,
    0x1234'5678'9abc'def0,
    0x7fff'ffff'ffff'ffff,
    0x8000'0000'0000'0000,
    0xffff'ffff'8000'0000,
    0xffff'ffff'ffff'ffff,
};

constexpr std::array<std::int32_t, 20> immediates{
    0,  1,  2,   3,      7,      31,        32,        33,
    63, 64, 65,  0x7fff, 0x8000, INT32_MAX, INT32_MIN, INT32_MIN + 1,
    -1, -2, -13, -32768};

// The exact result of an operation on numbers of any width, cut to 64 bits.
std::uint64_t exact(Alu operation, Unsigned a, Unsigned b, Wide sa, Wide sb, unsigned bits,
                    bool is_signed) {
    unsigned const count = unsigned(b % bits);
    switch (operation) {
        case Alu::Add: return std::uint64_t(a + b);
        case Alu::Sub: return std::uint64_t(a - b);
        case Alu::Mul: return std::uint64_t(a * b);
        case Alu::Or: return std::uint64_t(a | b);
        case Alu::And: return std::uint64_t(a & b);
        case Alu::Xor: return std::uint64_t(a ^ b);
        case Alu::Mov: return std::uint64_t(b);
        case Alu::Lsh: return std::uint64_t(a << count);
        case Alu::Rsh: return std::uint64_t(a >> count);
        case Alu::Arsh: return std::uint64_t(sa >> count);
        case Alu::Div: return std::uint64_t(b == 0 ? 0 : is_signed ? Unsigned(sa / sb) : a / b);
        case Alu::Mod: return std::uint64_t(b == 0 ? a : is_signed ? Unsigned(sa % sb) : a % b);
        default: ADD_FAILURE(); return 0;
    }
}

std::uint64_t expected(Alu operation, bool is_64, bool is_signed, std::uint64_t a,
                       std::uint64_t b) {
    if (is_64) {
        return exact(operation, a, b, std::int64_t(a), std::int64_t(b), 64, is_signed);
    }
    std::uint32_t const low_a = std::uint32_t(a);
    std::uint32_t const low_b = std::uint32_t(b);
    return std::uint32_t(
        exact(operation, low_a, low_b, std::int32_t(low_a), std::int32_t(low_b), 32, is_signed));
}

constexpr std::array operations{Alu::Add, Alu::Sub, Alu::Mul, Alu::Div, Alu::Or,  Alu::And,
                                Alu::Lsh, Alu::Rsh, Alu::Mod, Alu::Xor, Alu::Mov, Alu::Arsh};

struct Kind {
    Alu operation;
    bool is_64;
    bool is_signed;
};

std::string PrintToString(Kind const& kind) {
    return std::to_string(unsigned(kind.operation)) + (kind.is_64 ? " in 64 bits" : " in 32 bits") +
           (kind.is_signed ? ", signed" : "");
}

std::vector<Kind> kinds() {
    std::vector<Kind> all;
    for (Alu const operation : operations) {
        bool const divides = operation == Alu::Div || operation == Alu::Mod;
        for (bool const is_64 : {false, true}) {
            all.push_back({operation, is_64, false});
            if (divides) {
                all.push_back({operation, is_64, true});
            }
        }
    }
    return all;
}

class Arithmetic : public testing::TestWithParam<Kind> {
protected:
    [[nodiscard]] Slot by_register(Register dst, Register src) const {
        Kind const& kind = GetParam();
        return with_offset(
            kind.is_64 ? alu64(kind.operation, dst, src) : alu32(kind.operation, dst, src),
            kind.is_signed ? 1 : 0);
    }
    [[nodiscard]] Slot by_immediate(Register dst, std::int32_t imm) const {
        Kind const& kind = GetParam();
        return with_offset(
            kind.is_64 ? alu64(kind.operation, dst, imm) : alu32(kind.operation, dst, imm),
            kind.is_signed ? 1 : 0);
    }
    [[nodiscard]] std::uint64_t result(std::uint64_t a, std::uint64_t b) const {
        Kind const& kind = GetParam();
        return expected(kind.operation, kind.is_64, kind.is_signed, a, b);
    }
};

TEST_P(Arithmetic, OfTwoRegisters) {
    for (std::uint64_t const a : numbers) {
        for (std::uint64_t const b : numbers) {
            ASSERT_EQ(result_of(join({lddw(r0, a), lddw(r7, b), by_register(r0, r7), leave()})),
                      result(a, b))
                << std::hex << a << ' ' << b;
        }
    }
}

TEST_P(Arithmetic, LeavesItsSourceAlone) {
    for (std::uint64_t const b : numbers) {
        ASSERT_EQ(result_of(join({lddw(r3, 0x8765'4321'8765'4321), lddw(r0, b), by_register(r3, r0),
                                  leave()})),
                  b);
    }
}

TEST_P(Arithmetic, OfARegisterWithItself) {
    for (std::uint64_t const a : numbers) {
        ASSERT_EQ(result_of(join({lddw(r9, a), by_register(r9, r9), mov64(r0, r9), leave()})),
                  result(a, a))
            << std::hex << a;
    }
}

TEST_P(Arithmetic, OfARegisterAndAnImmediate) {
    for (std::uint64_t const a : numbers) {
        for (std::int32_t const imm : immediates) {
            std::uint64_t const b = std::uint64_t(std::int64_t{imm});
            ASSERT_EQ(result_of(join({lddw(r0, a), by_immediate(r0, imm), leave()})), result(a, b))
                << std::hex << a << ' ' << imm;
        }
    }
}

TEST_P(Arithmetic, BehindAMoveAsCompilersWriteIt) {
    // accelerate() makes one operation of the two.
    for (std::uint64_t const a : numbers) {
        for (std::int32_t const imm : immediates) {
            std::uint64_t const b = std::uint64_t(std::int64_t{imm});
            ASSERT_EQ(result_of(join({lddw(r6, a), mov64(r0, r6), by_immediate(r0, imm), leave()})),
                      result(a, b));
            ASSERT_EQ(result_of(join({lddw(r6, a), mov32(r0, r6), by_immediate(r0, imm), leave()})),
                      result(std::uint32_t(a), b));
        }
        for (std::uint64_t const b : numbers) {
            ASSERT_EQ(result_of(join(
                          {lddw(r6, a), lddw(r7, b), mov64(r0, r6), by_register(r0, r7), leave()})),
                      result(a, b));
            ASSERT_EQ(result_of(join(
                          {lddw(r6, a), lddw(r7, b), mov32(r0, r6), by_register(r0, r7), leave()})),
                      result(std::uint32_t(a), b));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Every, Arithmetic, testing::ValuesIn(kinds()));

TEST(Negate, In64And32Bits) {
    for (std::uint64_t const a : numbers) {
        EXPECT_EQ(result_of(join({lddw(r0, a), neg64(r0), leave()})), 0 - a);
        EXPECT_EQ(result_of(join({lddw(r0, a), neg32(r0), leave()})), std::uint32_t(0 - a));
    }
}

std::uint64_t swapped(std::uint64_t value, unsigned bits) {
    std::uint64_t const all = __builtin_bswap64(value);
    return all >> (64 - bits);
}

std::uint64_t cut(std::uint64_t value, unsigned bits) {
    return bits == 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
}

TEST(ByteSwap, OfEveryWidth) {
    for (std::uint64_t const a : numbers) {
        for (int const bits : {16, 32, 64}) {
            unsigned const width = unsigned(bits);
            EXPECT_EQ(result_of(join({lddw(r0, a), byte_swap(r0, bits), leave()})),
                      swapped(a, width));
            EXPECT_EQ(result_of(join({lddw(r0, a), big_endian(r0, bits), leave()})),
                      swapped(a, width));
            EXPECT_EQ(result_of(join({lddw(r0, a), little_endian(r0, bits), leave()})),
                      cut(a, width));
        }
    }
}

TEST(SignExtendingMove, OfEveryWidth) {
    for (std::uint64_t const a : numbers) {
        auto const moved = [&](Slot base, std::int16_t bits) {
            return result_of(join(
                {lddw(r0, 0x5555'5555'5555'5555), lddw(r7, a), with_offset(base, bits), leave()}));
        };
        std::uint64_t const from8 = std::uint64_t(std::int64_t{std::int8_t(a)});
        std::uint64_t const from16 = std::uint64_t(std::int64_t{std::int16_t(a)});
        std::uint64_t const from32 = std::uint64_t(std::int64_t{std::int32_t(a)});
        EXPECT_EQ(moved(mov64(r0, r7), 8), from8);
        EXPECT_EQ(moved(mov64(r0, r7), 16), from16);
        EXPECT_EQ(moved(mov64(r0, r7), 32), from32);
        EXPECT_EQ(moved(mov32(r0, r7), 8), std::uint32_t(from8));
        EXPECT_EQ(moved(mov32(r0, r7), 16), std::uint32_t(from16));
        // Onto itself it is no empty instruction, either.
        EXPECT_EQ(moved(mov64(r7, r7), 8), 0x5555'5555'5555'5555u);
        EXPECT_EQ(result_of(join({lddw(r0, a), with_offset(mov64(r0, r0), 8), leave()})), from8);
        EXPECT_EQ(result_of(join({lddw(r0, a), with_offset(mov32(r0, r0), 16), leave()})),
                  std::uint32_t(from16));
        EXPECT_EQ(result_of(join({lddw(r0, a), mov32(r0, r0), leave()})), std::uint32_t(a));
    }
}

TEST(SignExtendingMove, LeavesItsSourceAlone) {
    EXPECT_EQ(
        result_of(join({lddw(r0, 0x1234'5678'9abc'def0), with_offset(mov64(r1, r0), 8), leave()})),
        0x1234'5678'9abc'def0u);
}

TEST(Lddw, LoadsEveryBit) {
    for (std::uint64_t const a : numbers) {
        EXPECT_EQ(result_of(join({lddw(r0, a), leave()})), a);
    }
    for (unsigned bit = 0; bit < 64; ++bit) {
        std::uint64_t const value = std::uint64_t{1} << bit;
        EXPECT_EQ(result_of(join({lddw(r0, value), leave()})), value);
    }
}

TEST(ShiftPairs, ZeroExtendOnlyByTheRightCounts) {
    // The pair by 32 is a fusion of its own; other counts must not be taken for it.
    std::uint64_t const value = 0x1234'5678'9abc'def0;
    for (std::int32_t const up : {0, 1, 31, 32, 33, 63, 64, 96}) {
        for (std::int32_t const down : {0, 1, 31, 32, 33, 63, 64, 96}) {
            Code const shifts = join({alu64(Alu::Lsh, r0, up), alu64(Alu::Rsh, r0, down)});
            std::uint64_t const shifted = value << (up % 64) >> (down % 64);
            EXPECT_EQ(result_of(join({lddw(r0, value), shifts, leave()})), shifted);
            EXPECT_EQ(result_of(join({lddw(r6, value), mov64(r0, r6), shifts, leave()})), shifted);
            EXPECT_EQ(result_of(join({lddw(r6, value), mov32(r0, r6), shifts, leave()})),
                      std::uint64_t{0x9abc'def0} << (up % 64) >> (down % 64));
        }
    }
}

}  // namespace
}  // namespace mbpf::test
