// SPDX-License-Identifier: MIT
// The stack plan: how far below r10 a program reaches, and which accesses that proves.
#include <gtest/gtest.h>

#include "tests/support/print.hpp"
#include "tests/support/test_helpers.hpp"
#include "tests/support/verify.hpp"

namespace mbpf::test {
namespace {

using isa::Alu;
using isa::Size;
using isa::Slot;
using verifier::Policy;

constexpr std::uint32_t full = config::max_frame_bytes;

std::uint32_t frame_of(Code const& code) { return plan_of(join({code, leave()})).frame_bytes; }

TEST(StackPlan, IsEmptyWithoutAccesses) {
    EXPECT_EQ(frame_of(mov64(r0, 1)), 0u);
    EXPECT_EQ(plan_of(leave()).depth, 1);
    EXPECT_EQ(plan_of(leave()).stack_bytes(), 0u);
    EXPECT_EQ(plan_of(leave()).saved_bytes(), 0u);
}

TEST(StackPlan, ReachesAsFarAsTheLowestAccessRoundedUpTo8) {
    for (std::int16_t below = 1; below <= 512; ++below) {
        std::uint32_t const rounded = std::uint32_t(below + 7) / 8 * 8;
        std::int16_t const offset = std::int16_t(-below);
        EXPECT_EQ(frame_of(load(Size::Byte, r1, r10, offset)), rounded);
        EXPECT_EQ(frame_of(store(Size::Byte, r10, offset, r1)), rounded);
        EXPECT_EQ(frame_of(store(Size::Byte, r10, offset, 1)), rounded);
        EXPECT_EQ(frame_of(load_signed(Size::Half, r1, r10, offset)), rounded);
        EXPECT_EQ(frame_of(atomic(Size::Double, 0, r10, offset, r1)), rounded);
    }
}

TEST(StackPlan, IgnoresAccessesAtAndAboveR10) {
    EXPECT_EQ(frame_of(load(Size::Byte, r1, r10, 0)), 0u);
    EXPECT_EQ(frame_of(store(Size::Byte, r10, 0x7fff, r1)), 0u);
}

TEST(StackPlan, IgnoresAccessesThroughOtherRegisters) {
    EXPECT_EQ(frame_of(load(Size::Byte, r1, r2, -100)), 0u);
    EXPECT_EQ(frame_of(store(Size::Byte, r1, -100, r2)), 0u);
}

// Such as a function that nobody calls, which a linker leaves behind another.
TEST(StackPlan, IgnoresCodeThatNothingComesTo) {
    Code const deep = join({store(Size::Byte, r10, -100, 1), leave()});
    EXPECT_EQ(plan_of(join({leave(), deep})).frame_bytes, 0u);
    EXPECT_EQ(plan_of(join({ja(1), leave(), leave(), deep})).frame_bytes, 0u);
    // Its call would go in a circle.
    EXPECT_EQ(plan_of(join({leave(), mov64(r0, 1), call_local(-3), leave()})).depth, 1);
    // What is wrong with it is refused.
    EXPECT_EQ(verify_error(join({leave(), call_helper(0xffff), leave()})).fault,
              Fault::HelperUnknown);
}

TEST(StackPlan, CountsWhatIsJumpedToBehindAnEnd) {
    Code const deep = join({store(Size::Byte, r10, -100, 1), leave()});
    EXPECT_EQ(plan_of(join({jump64(isa::Jump::Eq, r1, 0, 1), leave(), deep})).frame_bytes, 104u);
    EXPECT_EQ(plan_of(join({ja(1), leave(), deep})).frame_bytes, 104u);
    EXPECT_EQ(plan_of(join({ja(2), deep, ja(-3)})).frame_bytes, 104u);
}

TEST(StackPlan, RefusesFramesAbove512Bytes) {
    EXPECT_EQ(verify_error(join({mov64(r0, 0), load(Size::Double, r1, r10, -513), leave()})),
              (Error{Fault::FrameTooLarge, 1, 513, 512}));
    EXPECT_EQ(verify_error(join({store(Size::Byte, r10, -0x8000, 1), leave()})),
              (Error{Fault::FrameTooLarge, 0, 0x8000, 512}));
    EXPECT_EQ(verify_error(join({mov64(r1, r10), add64(r1, -513), leave()})),
              (Error{Fault::FrameTooLarge, 1, 513, 512}));
    EXPECT_EQ(verify_error(join({mov64(r1, r10), add64(r1, INT32_MIN), leave()})),
              (Error{Fault::FrameTooLarge, 1, 0x8000'0000, 512}));
    EXPECT_EQ(verify_error(join({mov64(r1, r10), load(Size::Byte, r2, r1, -513), leave()})),
              (Error{Fault::FrameTooLarge, 1, 513, 512}));
    EXPECT_EQ(frame_of(load(Size::Double, r1, r10, -512)), 512u);
}

TEST(StackPlan, FollowsACopyOfR10ThatIsLowered) {
    EXPECT_EQ(frame_of(join({mov64(r1, r10), add64(r1, -24)})), 24u);
    EXPECT_EQ(frame_of(join({mov64(r1, r10), add64(r1, -24), call_helper(1)})), 24u);
    EXPECT_EQ(frame_of(join({mov64(r1, r10), mov64(r3, 5), add64(r1, -24)})), 24u);
    EXPECT_EQ(frame_of(join({mov64(r1, r10), add64(r1, -24), add64(r1, 16)})), 24u);
    EXPECT_EQ(frame_of(join({mov64(r1, r10), mov64(r1, r2)})), 0u);  // Forgotten again.
    EXPECT_EQ(frame_of(join({mov64(r1, r10), add64(r1, -8), mov64(r2, r1), add64(r2, -8)})), 16u);
    EXPECT_EQ(frame_of(join({mov64(r1, r10), mov64(r2, r10), call_helper(1), ja(0)})), 0u);
    // What a helper was given is forgotten; what is kept in r6 is not.
    EXPECT_EQ(frame_of(join({mov64(r2, r10), add64(r2, -8), call_helper(1), add64(r2, r1)})), 8u);
    EXPECT_EQ(frame_of(join(
                  {mov64(r6, r10), add64(r6, -8), call_helper(1), load(Size::Word, r1, r6, -16)})),
              24u);
    EXPECT_EQ(frame_of(join({mov64(r1, r10), add64(r1, -8), mov64(r2, r10), add64(r2, -40)})), 40u);
}

TEST(StackPlan, FollowsAccessesThroughACopyOfR10) {
    EXPECT_EQ(frame_of(join({mov64(r1, r10), store(Size::Byte, r1, -100, 1)})), 104u);
    EXPECT_EQ(frame_of(join({mov64(r1, r10), load(Size::Word, r2, r1, -8)})), 8u);
    EXPECT_EQ(frame_of(join({mov64(r1, r10), atomic(Size::Word, 0, r1, -8, r2)})), 8u);
    // The copy is overwritten by what it points to.
    EXPECT_EQ(frame_of(join({mov64(r1, r10), load(Size::Double, r1, r1, -8),
                             store(Size::Byte, r1, -100, 1)})),
              8u);
}

// clang -O2 makes this of `int a[16]; for (i = 2; i < n; i++) a[i] = a[i - 1] + a[i - 2];`: a
// pointer to a[2], from which a[0] is 8 bytes below.
TEST(StackPlan, ReachesAsFarAsAccessesBelowALoweredCopy) {
    EXPECT_EQ(frame_of(join({mov64(r4, r10), add64(r4, -56), load(Size::Word, r5, r4, -4),
                             load(Size::Word, r0, r4, -8)})),
              64u);
    EXPECT_EQ(frame_of(join({mov64(r4, r10), add64(r4, -56), ja(1), leave(),
                             load(Size::Word, r5, r4, -4), store(Size::Word, r4, -8, r5),
                             add64(r4, 4), jump64(isa::Jump::Lt, r1, r2, -4)})),
              full);  // Not followed over the jump.
    EXPECT_EQ(frame_of(join({mov64(r4, r10), add64(r4, -16), store(Size::Byte, r4, 15, 1)})), 16u);
}

TEST(StackPlan, IsFullForEveryOtherUseOfR10) {
    for (Code const& use : {
             Code{mov32(r1, r10)},
             Code{alu64(Alu::Add, r1, r10)},
             Code{alu64(Alu::Sub, r1, r10)},
             Code{store(Size::Double, r1, 0, r10)},
             Code{atomic(Size::Double, 0, r1, 0, r10)},
             Code{jump64(isa::Jump::Gt, r1, r10, 0)},
             join({mov64(r1, r10), alu64(Alu::Sub, r1, 8)}),
             join({mov64(r1, r10), add64(r1, r2)}),
             join({mov64(r1, r10), add64(r1, 24)}),
             join({mov64(r1, r10), add64(r2, r1)}),
             join({mov64(r1, r10), alu32(Alu::Add, r1, -8)}),
             join({mov64(r1, r10), alu64(Alu::And, r1, -8)}),
             join({mov64(r1, r10), neg64(r1)}),
             join({mov64(r1, r10), store(Size::Double, r2, 0, r1)}),
             join({mov64(r1, r10), ja(0), add64(r1, -8)}),
             join({mov64(r6, r10), add64(r6, -8), call_helper(1), ja(0)}),
             join({mov64(r1, r10), add64(r1, -8), ja(0)}),
             join({mov64(r1, r10), add64(r1, -8), mov64(r2, r1), add64(r2, r3)}),
             join({mov64(r1, r10), jump32(isa::Jump::Eq, r2, 0, 0), add64(r1, -8)}),
             join({mov64(r1, r10), atomic(Size::Double, 1, r2, 0, r1)}),
         }) {
        EXPECT_EQ(frame_of(use), full) << hex_of(use);
    }
}

TEST(StackPlan, DoesNotTakeTheNextFunctionForTheUserOfACopy) {
    // r1 = r10, exit; then another function lowers its own r1.
    Code const code = join({call_local(2), mov64(r1, r10), leave(), add64(r1, -8), leave()});
    EXPECT_EQ(plan_of(code).frame_bytes, 0);
}

TEST(StackPlan, IsTheMaximumOverAllFunctions) {
    Code const code = join({store(Size::Double, r10, -8, 1), call_local(1), leave(),
                            store(Size::Double, r10, -48, 1), leave()});
    machine::StackPlan const plan = plan_of(code);
    EXPECT_EQ(plan.frame_bytes, 48);
    EXPECT_EQ(plan.depth, 2);
    EXPECT_EQ(plan.stack_bytes(), 96u);
    EXPECT_EQ(plan.saved_bytes(), sizeof(machine::SavedFrame));
}

TEST(StackPlan, IsBoundedByThePolicy) {
    Code const code = join({store(Size::Double, r10, -48, 1), call_local(1), leave(), leave()});
    Policy policy = generous_policy();
    policy.max_stack_bytes = 96;
    EXPECT_EQ(plan_of(code, policy).stack_bytes(), 96u);
    policy.max_stack_bytes = 95;
    EXPECT_EQ(verify_error(code, policy), (Error{Fault::StackTooLarge, 0, 96, 95}));
    policy.max_stack_bytes = 0;
    EXPECT_EQ(verify_error(code, policy), (Error{Fault::StackTooLarge, 0, 96, 0}));
    EXPECT_EQ(verify_error(leave(), policy), Error{});
}

TEST(StackPlan, OfRecursionCountsEveryFrame) {
    Code const code = join({store(Size::Double, r10, -512, 1), call_local(-2), leave()});
    Policy policy = generous_policy();
    policy.recursion = verifier::Recursion::Allowed;
    EXPECT_EQ(plan_of(code, policy).stack_bytes(), 8 * full);
    policy.max_stack_bytes = 8 * full - 1;
    EXPECT_EQ(verify_error(code, policy), (Error{Fault::StackTooLarge, 0, 8 * full, 8 * full - 1}));
}

// The program must be acceptable.
bool needs_check(Code const& code, std::uint32_t slot) {
    std::vector<std::byte> const text = bytes_of(code);
    program::Program program;
    program.text = isa::Text{text};
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(program, test_helpers(), generous_policy());
    return verified->needs_check(Pc{slot});
}

bool needs_check(Slot slot) {
    return needs_check(join({slot, store(Size::Byte, r10, -16, 1), leave()}), 0);
}

TEST(NeedsCheck, NotForConstantDistancesInsideTheFrame) {
    struct Case {
        Size size;
        std::int16_t bytes;
    };
    for (Case const& access :
         {Case{Size::Byte, 1}, Case{Size::Half, 2}, Case{Size::Word, 4}, Case{Size::Double, 8}}) {
        for (std::int16_t offset = -16; offset <= 8; ++offset) {
            bool const is_inside = offset + access.bytes <= 0;
            EXPECT_EQ(needs_check(load(access.size, r1, r10, offset)), !is_inside) << offset;
            EXPECT_EQ(needs_check(store(access.size, r10, offset, r1)), !is_inside) << offset;
            EXPECT_EQ(needs_check(store(access.size, r10, offset, 1)), !is_inside) << offset;
            if (access.bytes >= 4) {
                EXPECT_EQ(needs_check(atomic(access.size, 0, r10, offset, r1)), !is_inside);
            }
        }
    }
}

TEST(NeedsCheck, ForEveryOtherRegister) {
    for (std::uint8_t reg = 0; reg < 10; ++reg) {
        EXPECT_TRUE(needs_check(load(Size::Byte, r1, Register{reg}, -8)));
        EXPECT_TRUE(needs_check(store(Size::Byte, Register{reg}, -8, r10))) << unsigned(reg);
        EXPECT_TRUE(needs_check(store(Size::Byte, Register{reg}, -8, 1)));
    }
}

TEST(NeedsCheck, ForACopyOfR10) {
    EXPECT_TRUE(needs_check(join({mov64(r1, r10), load(Size::Byte, r2, r1, -8), leave()}), 1));
}

}  // namespace
}  // namespace mbpf::test
