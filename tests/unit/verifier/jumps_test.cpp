// SPDX-License-Identifier: MIT
// Where jumps may lead, and that no path runs on behind a function.
#include <array>

#include <gtest/gtest.h>

#include "tests/support/print.hpp"
#include "tests/support/verify.hpp"

namespace mbpf::test {
namespace {

using isa::Jump;
using isa::Slot;

constexpr std::array conditions{Jump::Eq,  Jump::Gt, Jump::Ge, Jump::Set, Jump::Ne, Jump::Sgt,
                                Jump::Sge, Jump::Lt, Jump::Le, Jump::Slt, Jump::Sle};

// Every kind of jump, going `distance` on.
std::vector<Slot> jumps_by(std::int16_t distance) {
    std::vector<Slot> all{ja(distance), ja32(distance)};
    for (Jump const condition : conditions) {
        all.push_back(jump64(condition, r1, 5, distance));
        all.push_back(jump64(condition, r1, r2, distance));
        all.push_back(jump32(condition, r1, 5, distance));
        all.push_back(jump32(condition, r1, r2, distance));
    }
    return all;
}

void expect_jump(std::int16_t distance, Error const& expected) {
    for (Slot const jump : jumps_by(distance)) {
        // Slots 0 to 3; the jump is slot 2.
        EXPECT_EQ(verify_error(join({mov64(r0, 0), mov64(r0, 0), jump, leave()})), expected)
            << unsigned(jump.opcode()) << " by " << distance;
    }
}

TEST(VerifyJump, MayGoToTheFirstAndTheLastSlot) {
    expect_jump(-3, {});
    expect_jump(0, {});
    expect_jump(-1, {});  // To itself: the budget ends that.
}

TEST(VerifyJump, MayNotLeaveTheProgram) {
    expect_jump(1, {Fault::JumpOutOfRange, 2, 4, 3});
    expect_jump(2, {Fault::JumpOutOfRange, 2, 5, 3});
    expect_jump(0x7fff, {Fault::JumpOutOfRange, 2, 0x8002, 3});
    expect_jump(-4, {Fault::JumpOutOfRange, 2, std::uint32_t(-1), 3});
    expect_jump(-0x8000, {Fault::JumpOutOfRange, 2, std::uint32_t(3 - 0x8000), 3});
}

TEST(VerifyJump, MayNotWrapAroundWith32Bits) {
    for (std::int32_t const distance : {INT32_MAX, INT32_MAX - 1, INT32_MIN, INT32_MIN + 1}) {
        EXPECT_EQ(verify_error(join({ja32(distance), leave()})),
                  (Error{Fault::JumpOutOfRange, 0, 1 + std::uint32_t(distance), 1}))
            << distance;
    }
}

TEST(VerifyJump, MayGoFurtherThan16BitsWithALongOne) {
    std::vector<Slot> slots(40'000, mov64(r0, 0));
    slots.front() = ja32(39'998);
    slots.back() = leave();
    EXPECT_EQ(verify_error(Code{slots}), Error{});
    slots.front() = ja32(39'999);
    EXPECT_EQ(verify_error(Code{slots}), (Error{Fault::JumpOutOfRange, 0, 40'000, 39'999}));
    // The offset of the short form is what it goes by, and its immediate is reserved.
    slots.front() = isa::make_slot(0x05, 0, 0, 0, 39'998);
    EXPECT_EQ(verify_error(Code{slots}), (Error{Fault::ImmediateReserved, 0, 39'998, 0}));
}

TEST(VerifyJump, MayNotLandInsideLddw) {
    for (Slot const jump : jumps_by(1)) {
        EXPECT_EQ(verify_error(join({jump, lddw(r0, 1), leave()})),
                  (Error{Fault::JumpIntoWide, 0, 2, 0}));
    }
    for (Slot const jump : jumps_by(-2)) {
        EXPECT_EQ(verify_error(join({lddw(r0, 1), jump, leave()})),
                  (Error{Fault::JumpIntoWide, 2, 1, 0}));
    }
    for (Slot const jump : jumps_by(2)) {
        EXPECT_EQ(verify_error(join({jump, lddw(r0, 1), leave()})), Error{});
    }
    for (Slot const jump : jumps_by(0)) {
        EXPECT_EQ(verify_error(join({jump, lddw(r0, 1), leave()})), Error{});
    }
}

TEST(VerifyJump, MayNotHideAnInstructionInsideLddw) {
    // Read from its second slot on, the constant would be an exit.
    EXPECT_EQ(verify_error(join({ja(1), isa::make_slot(0x18, 0, 0, 0, 0),
                                 isa::make_slot(0x95, 0, 0, 0, 0), leave()})),
              (Error{Fault::WideTailReserved, 1, 0x95, 0}));
}

// Function 0: slots 0 to 2. Function 1: slots 3 to 5.
Code two_functions(Slot in_first, Slot in_second) {
    return join({call_local(2), in_first, leave(), mov64(r0, 0), in_second, leave()});
}

TEST(VerifyJump, MayNotLeaveItsFunction) {
    for (Slot const jump : jumps_by(1)) {
        EXPECT_EQ(verify_error(two_functions(jump, mov64(r0, 0))),
                  (Error{Fault::JumpOutOfFunction, 1, 3, 2}));
    }
    for (Slot const jump : jumps_by(3)) {
        EXPECT_EQ(verify_error(two_functions(jump, mov64(r0, 0))),
                  (Error{Fault::JumpOutOfFunction, 1, 5, 2}));
    }
    for (Slot const jump : jumps_by(-3)) {
        EXPECT_EQ(verify_error(two_functions(mov64(r0, 0), jump)),
                  (Error{Fault::JumpOutOfFunction, 4, 2, 5}));
    }
    for (Slot const jump : jumps_by(-5)) {
        EXPECT_EQ(verify_error(two_functions(mov64(r0, 0), jump)),
                  (Error{Fault::JumpOutOfFunction, 4, 0, 5}));
    }
}

TEST(VerifyJump, MayGoToTheEdgesOfItsFunction) {
    for (Slot const jump : jumps_by(-2)) {
        EXPECT_EQ(verify_error(two_functions(jump, jump)), Error{});
    }
    for (Slot const jump : jumps_by(0)) {
        EXPECT_EQ(verify_error(two_functions(jump, jump)), Error{});
    }
}

TEST(VerifyEnd, IsAnExitOrAJump) {
    EXPECT_EQ(verify_error(leave()), Error{});
    EXPECT_EQ(verify_error(ja(-1)), Error{});
    EXPECT_EQ(verify_error(ja32(-1)), Error{});
}

TEST(VerifyEnd, IsNothingElse) {
    for (Slot const last : {mov64(r0, 0), call_helper(1), load(isa::Size::Word, r0, r10, -4),
                            store(isa::Size::Word, r10, -4, 0), little_endian(r0, 16),
                            atomic(isa::Size::Word, 0, r10, -4, r1), neg32(r0)}) {
        EXPECT_EQ(verify_error(last), (Error{Fault::FallsOffEnd, 0, last.opcode(), 0}));
        EXPECT_EQ(verify_error(join({leave(), last})),
                  (Error{Fault::FallsOffEnd, 1, last.opcode(), 0}));
    }
}

TEST(VerifyEnd, IsNoConditionalJump) {
    for (Slot const jump : jumps_by(-1)) {
        Error const expected = jump.opcode() == 0x05 || jump.opcode() == 0x06
                                   ? Error{}
                                   : Error{Fault::FallsOffEnd, 0, jump.opcode(), 0};
        EXPECT_EQ(verify_error(jump), expected);
    }
}

TEST(VerifyEnd, IsNoLddw) {
    EXPECT_EQ(verify_error(lddw(r0, 1)), (Error{Fault::FallsOffEnd, 0, 0x18, 0}));
    EXPECT_EQ(verify_error(join({leave(), lddw(r0, 1)})), (Error{Fault::FallsOffEnd, 1, 0x18, 0}));
}

TEST(VerifyEnd, IsCheckedForEveryFunction) {
    // Function 0 runs on into the one it calls.
    EXPECT_EQ(verify_error(join({call_local(1), mov64(r0, 0), leave()})),
              (Error{Fault::FallsOffEnd, 1, 0xb7, 0}));
    EXPECT_EQ(verify_error(join({call_local(0), leave()})),
              (Error{Fault::FallsOffEnd, 0, 0x85, 0}));
    EXPECT_EQ(verify_error(join({call_local(1), leave(), mov64(r0, 0)})),
              (Error{Fault::FallsOffEnd, 2, 0xb7, 0}));
    EXPECT_EQ(verify_error(join({call_local(1), leave(), mov64(r0, 0), leave()})), Error{});
}

}  // namespace
}  // namespace mbpf::test
