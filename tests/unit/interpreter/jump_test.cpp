// SPDX-License-Identifier: MIT
// Every conditional jump on pairs of edge numbers, by register and by immediate, and where it goes.
#include <array>

#include <gtest/gtest.h>

#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

using isa::Jump;
using isa::Slot;

constexpr std::array<std::uint64_t, 21> numbers{
    0,
    1,
    2,
    0x7f,
    0x80,
    0x7fff'fffe,
    0x7fff'ffff,
    0x8000'0000,
    0x8000'0001,
    0xffff'fffe,
    0xffff'ffff,
    0x1'0000'0000,
    0x1'0000'0001,
    0x2'0000'0000,
    0x7fff'ffff'ffff'ffff,
    0x8000'0000'0000'0000,
    0x8000'0000'0000'0001,
    0xffff'ffff'0000'0000,
    0xffff'ffff'7fff'ffff,
    0xffff'ffff'8000'0000,
    0xffff'ffff'ffff'ffff,
};

constexpr std::array<std::int32_t, 9> immediates{
    0, 1, 2, 0x7f, INT32_MAX, INT32_MIN, INT32_MIN + 1, -1, -2};

template <class T, class Signed>
bool holds(Jump condition, T a, T b) {
    switch (condition) {
        case Jump::Eq: return a == b;
        case Jump::Gt: return a > b;
        case Jump::Ge: return a >= b;
        case Jump::Set: return (a & b) != 0;
        case Jump::Ne: return a != b;
        case Jump::Sgt: return Signed(a) > Signed(b);
        case Jump::Sge: return Signed(a) >= Signed(b);
        case Jump::Lt: return a < b;
        case Jump::Le: return a <= b;
        case Jump::Slt: return Signed(a) < Signed(b);
        case Jump::Sle: return Signed(a) <= Signed(b);
        default: ADD_FAILURE(); return false;
    }
}

struct Kind {
    Jump condition;
    bool is_64;
};

std::string PrintToString(Kind const& kind) {
    return std::to_string(unsigned(kind.condition)) + (kind.is_64 ? " in 64 bits" : " in 32 bits");
}

constexpr std::array conditions{Jump::Eq,  Jump::Gt, Jump::Ge, Jump::Set, Jump::Ne, Jump::Sgt,
                                Jump::Sge, Jump::Lt, Jump::Le, Jump::Slt, Jump::Sle};

std::vector<Kind> kinds() {
    std::vector<Kind> all;
    for (Jump const condition : conditions) {
        all.push_back({condition, false});
        all.push_back({condition, true});
    }
    return all;
}

class ConditionalJump : public testing::TestWithParam<Kind> {
protected:
    [[nodiscard]] bool is_taken(std::uint64_t a, std::uint64_t b) const {
        return GetParam().is_64 ? holds<std::uint64_t, std::int64_t>(GetParam().condition, a, b)
                                : holds<std::uint32_t, std::int32_t>(
                                      GetParam().condition, std::uint32_t(a), std::uint32_t(b));
    }
    template <class Operand>
    [[nodiscard]] Slot jump(Register dst, Operand operand, std::int16_t offset) const {
        return GetParam().is_64 ? jump64(GetParam().condition, dst, operand, offset)
                                : jump32(GetParam().condition, dst, operand, offset);
    }
};

// r0 is 1 if the jump was taken, 0 if not; r3 and r4 must survive.
Code judge(Code const& before, Slot jump) {
    return join({before, mov64(r0, 1), jump, mov64(r0, 0), leave()});
}

TEST_P(ConditionalJump, ByRegister) {
    for (std::uint64_t const a : numbers) {
        for (std::uint64_t const b : numbers) {
            ASSERT_EQ(result_of(judge(join({lddw(r3, a), lddw(r4, b)}), jump(r3, r4, 1))),
                      is_taken(a, b) ? 1u : 0u)
                << std::hex << a << ' ' << b;
        }
    }
}

TEST_P(ConditionalJump, ByImmediate) {
    for (std::uint64_t const a : numbers) {
        for (std::int32_t const imm : immediates) {
            ASSERT_EQ(result_of(judge(lddw(r3, a), jump(r3, imm, 1))),
                      is_taken(a, std::uint64_t(std::int64_t{imm})) ? 1u : 0u)
                << std::hex << a << ' ' << imm;
        }
    }
}

TEST_P(ConditionalJump, OfARegisterWithItself) {
    for (std::uint64_t const a : numbers) {
        ASSERT_EQ(result_of(judge(lddw(r3, a), jump(r3, r3, 1))), is_taken(a, a) ? 1u : 0u);
    }
}

TEST_P(ConditionalJump, ChangesNoRegister) {
    for (std::uint64_t const a : numbers) {
        ASSERT_EQ(result_of(join(
                      {lddw(r0, a), lddw(r4, 0x8000'0000'8000'0001), jump(r0, r4, 0), leave()})),
                  a);
        ASSERT_EQ(result_of(join({lddw(r0, a), jump(r0, -2, 0), leave()})), a);
    }
}

TEST_P(ConditionalJump, AsALoopLatch) {
    // if (a op b) goto out; goto again: what accelerate() fuses for some conditions.
    for (std::uint64_t const a : numbers) {
        for (std::int32_t const imm : {0, 1, -1, INT32_MIN}) {
            Code const code = join({lddw(r3, a), mov64(r0, 1), jump(r3, imm, 1), ja(1), leave(),
                                    mov64(r0, 2), leave()});
            ASSERT_EQ(result_of(code), is_taken(a, std::uint64_t(std::int64_t{imm})) ? 1u : 2u);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Every, ConditionalJump, testing::ValuesIn(kinds()));

TEST(Jump, GoesBothWaysByTheShortAndTheLongForm) {
    // 0 -> 3 -> 1 -> 4
    EXPECT_EQ(result_of(join({ja(2), add64(r0, 1), ja(1), ja(-3), leave()})), 1u);
    EXPECT_EQ(result_of(join({ja32(2), add64(r0, 1), ja32(1), ja32(-3), leave()})), 1u);
}

TEST(Jump, GoesFurtherThan16BitsByTheLongForm) {
    std::vector<Slot> slots(40'003, mov64(r0, 7));
    slots[0] = ja32(40'000);
    slots[1] = mov64(r0, 9);
    slots[2] = leave();
    slots[40'001] = ja32(1 - 40'002);
    slots[40'002] = leave();
    EXPECT_EQ(result_of(Code{slots}), 9u);
}

TEST(Jump, GoesAsFarAs16BitsByTheShortForm) {
    std::vector<Slot> slots(0x8003, mov64(r0, 7));
    slots[0] = ja(0x7fff);
    slots[1] = mov64(r0, 9);
    slots[2] = leave();
    slots[0x8000] = ja(-0x8000);
    slots[0x8002] = leave();
    EXPECT_EQ(result_of(Code{slots}), 9u);
}

TEST(Jump, IntoTheMiddleOfWhatIsFused) {
    // Each pair may have become one code; its second half must still be an instruction of its own.
    for (Code const& pair :
         {join({mov64(r0, r6), add64(r0, 5)}), join({mov32(r0, r6), mov32(r1, r0)}),
          join({add64(r0, 1), mov64(r1, r0)}),
          join({alu64(isa::Alu::Lsh, r0, 32), alu64(isa::Alu::Rsh, r0, 32)})}) {
        for (std::int16_t skipped = 0; skipped <= 2; ++skipped) {
            static_cast<void>(result_of(join(
                {lddw(r0, 0xf000'0000'0000'0003), lddw(r6, ~0ull), ja(skipped), pair, leave()})));
        }
    }
}

}  // namespace
}  // namespace mbpf::test
