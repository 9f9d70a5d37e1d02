// SPDX-License-Identifier: MIT
// refuse_dead_code(): every instruction has a path to it from an entry.
#include <gtest/gtest.h>

#include "tests/support/print.hpp"
#include "tests/support/test_helpers.hpp"
#include "tests/support/verify.hpp"

namespace mbpf::test {
namespace {

using isa::Jump;

Error dead_code_error(Code const& code) {
    std::vector<std::byte> const text = bytes_of(code);
    program::Program program;
    program.text = isa::Text{text};
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(program, test_helpers(), generous_policy());
    if (!verified.has_value()) {
        return verified.error();
    }
    std::vector<std::byte> scratch(verifier::scratch_bytes(program.text.slots()), std::byte{0xff});
    Result<void> const done = verifier::refuse_dead_code(*verified, scratch);
    return done.has_value() ? Error{} : done.error();
}

TEST(DeadCode, IsFoundBehindExitAndJumps) {
    EXPECT_EQ(dead_code_error(join({leave(), leave()})), (Error{Fault::Unreachable, 1, 0, 0}));
    EXPECT_EQ(dead_code_error(join({ja(1), mov64(r0, 0), leave()})),
              (Error{Fault::Unreachable, 1, 0, 0}));
    EXPECT_EQ(dead_code_error(join({ja32(1), mov64(r0, 0), leave()})),
              (Error{Fault::Unreachable, 1, 0, 0}));
    EXPECT_EQ(dead_code_error(join({ja(0), leave()})), Error{});
}

TEST(DeadCode, IsReportedAtItsFirstSlot) {
    EXPECT_EQ(dead_code_error(join({ja(3), lddw(r0, 1), mov64(r0, 0), leave(), leave()})),
              (Error{Fault::Unreachable, 1, 0, 0}));
}

TEST(DeadCode, IsFoundInFunctionsThatNobodyCalls) {
    // Slot 3 starts a function only because slot 2, itself dead, calls it.
    EXPECT_EQ(dead_code_error(join({mov64(r0, 0), leave(), call_local(1), leave(), leave()})),
              (Error{Fault::Unreachable, 2, 0, 0}));
}

TEST(DeadCode, IsAllowedByTheVerifierItself) {
    EXPECT_EQ(verify_error(join({leave(), leave()})), Error{});
}

TEST(DeadCode, IsNotWhatAConditionLeadsTo) {
    EXPECT_EQ(dead_code_error(join({jump64(Jump::Eq, r1, 0, 1), leave(), leave()})), Error{});
    EXPECT_EQ(dead_code_error(join({jump32(Jump::Ne, r1, r2, 1), leave(), leave()})), Error{});
}

TEST(DeadCode, IsNotWhatACallLeadsTo) {
    EXPECT_EQ(dead_code_error(join({call_local(1), leave(), leave()})), Error{});
    // A helper with the number of a distance is no jump.
    EXPECT_EQ(dead_code_error(join({call_helper(1), leave(), leave()})),
              (Error{Fault::Unreachable, 2, 0, 0}));
}

TEST(DeadCode, IsNotTheSecondSlotOfLddw) {
    EXPECT_EQ(dead_code_error(join({lddw(r0, 1), leave()})), Error{});
}

TEST(DeadCode, IsNotWhatOnlyABackwardJumpReaches) {
    EXPECT_EQ(dead_code_error(join({ja(1), leave(), ja(-2)})), Error{});
    EXPECT_EQ(dead_code_error(join({ja(2), mov64(r0, 1), leave(), ja(-3)})), Error{});
}

// Slot 0 jumps to the end, from where `hops` backward jumps lead to `exit` in slot 1.
Code backwards(std::uint32_t hops) {
    Code code = join({ja(std::int16_t(hops)), leave()});
    for (std::uint32_t i = 0; i < hops; ++i) {
        code = join({code, ja(-2)});
    }
    return code;
}

TEST(DeadCode, IsLookedForAlsoAfterSeveralBackwardJumps) {
    EXPECT_EQ(dead_code_error(backwards(1)), Error{});
    EXPECT_EQ(dead_code_error(backwards(10)), Error{});
    EXPECT_EQ(dead_code_error(join({backwards(10), leave()})),
              (Error{Fault::Unreachable, 12, 0, 0}));
}

TEST(DeadCode, InCodeTooTangledToTellIsLetBe) {
    EXPECT_EQ(dead_code_error(backwards(40)), Error{});
    EXPECT_EQ(dead_code_error(join({backwards(40), leave()})), Error{});
}

TEST(DeadCode, NeedsABitPerSlot) {
    EXPECT_EQ(verifier::scratch_bytes(1), 1u);
    EXPECT_EQ(verifier::scratch_bytes(8), 1u);
    EXPECT_EQ(verifier::scratch_bytes(9), 2u);
    EXPECT_EQ(verifier::scratch_bytes(65536), 8192u);

    std::vector<std::byte> const text = bytes_of(join({repeat(8, mov64(r0, 0)), leave()}));
    program::Program program;
    program.text = isa::Text{text};
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(program, test_helpers(), generous_policy());
    ASSERT_TRUE(verified.has_value());
    std::vector<std::byte> scratch(2);
    EXPECT_TRUE(verifier::refuse_dead_code(*verified, scratch).has_value());
    EXPECT_EQ(verifier::refuse_dead_code(*verified, WritableBytes{scratch}.first(1)).error(),
              (Error{Fault::MemoryTooSmall, 0, 1, 2}));
    EXPECT_EQ(verifier::refuse_dead_code(*verified, {}).error(),
              (Error{Fault::MemoryTooSmall, 0, 0, 2}));
}

}  // namespace
}  // namespace mbpf::test
