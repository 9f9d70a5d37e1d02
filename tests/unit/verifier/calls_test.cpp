// SPDX-License-Identifier: MIT
// Calls of functions and helpers: targets, rights and policy, depth and recursion.
#include <gtest/gtest.h>

#include "tests/support/print.hpp"
#include "tests/support/verify.hpp"

namespace mbpf::test {
namespace {

using isa::make_slot;
using isa::Slot;
using verifier::Policy;
using verifier::Recursion;

Code call_and_leave(Slot call) { return join({call, leave()}); }

TEST(VerifyCall, IsOfAHelperOrAFunction) {
    EXPECT_EQ(verify_error(call_and_leave(make_slot(0x85, 0, 0, 0, 1))), Error{});
    EXPECT_EQ(verify_error(join({make_slot(0x85, 0, 1, 0, 1), leave(), leave()})), Error{});
    for (std::uint8_t kind = 2; kind < 16; ++kind) {
        EXPECT_EQ(verify_error(call_and_leave(make_slot(0x85, 0, kind, 0, 1))),
                  (Error{Fault::CallKindUnknown, 0, kind, 1}));
    }
}

TEST(VerifyCall, StaysInTheProgram) {
    auto const error = [](std::int32_t distance) {
        return verify_error(join({mov64(r0, 0), call_local(distance), leave(), leave()}));
    };
    EXPECT_EQ(error(1), Error{});
    EXPECT_EQ(error(2), (Error{Fault::CallOutOfRange, 1, 4, 3}));
    EXPECT_EQ(error(-3), (Error{Fault::CallOutOfRange, 1, std::uint32_t(-1), 3}));
    EXPECT_EQ(error(INT32_MAX), (Error{Fault::CallOutOfRange, 1, 0x8000'0001, 3}));
    EXPECT_EQ(error(INT32_MIN), (Error{Fault::CallOutOfRange, 1, 0x8000'0002, 3}));
    EXPECT_EQ(error(-2), (Error{Fault::CallRecursive, 0, 0, 0}));  // To slot 0: inside.
}

TEST(VerifyCall, LandsOnAnInstruction) {
    EXPECT_EQ(verify_error(join({call_local(2), leave(), lddw(r0, 1), leave()})),
              (Error{Fault::CallIntoWide, 0, 3, 0}));
    EXPECT_EQ(verify_error(join({call_local(1), leave(), lddw(r0, 1), leave()})), Error{});
}

TEST(VerifyCall, IntoTheMiddleOfAFunctionSplitsIt) {
    // Slots 0 to 2 would be one function that falls into the next.
    EXPECT_EQ(verify_error(join({mov64(r0, 0), call_local(0), leave()})),
              (Error{Fault::FallsOffEnd, 1, 0x85, 0}));
}

TEST(VerifyHelper, Exists) {
    for (std::int32_t const id : {1, 2, 3, 4, 5, 6, 7, 8, 9, 200}) {
        EXPECT_EQ(verify_error(call_and_leave(call_helper(id))), Error{});
    }
    for (std::int32_t const id : {0, 10, 199, 201, 255, 256, 257, 0x101, 0x10001, -1, INT32_MIN}) {
        EXPECT_EQ(verify_error(call_and_leave(call_helper(id))),
                  (Error{Fault::HelperUnknown, 0, std::uint32_t(id), 0}));
    }
}

TEST(VerifyHelper, IsGrantedByThePolicy) {
    Policy policy;
    EXPECT_EQ(verify_error(call_and_leave(call_helper(1)), policy),
              (Error{Fault::HelperNotGranted, 0, 1, 0}));
    policy.granted.add(HelperId{1});
    EXPECT_EQ(verify_error(call_and_leave(call_helper(1)), policy), Error{});
    EXPECT_EQ(verify_error(join({call_helper(1), call_helper(200), leave()}), policy),
              (Error{Fault::HelperNotGranted, 1, 200, 0}));
    // One that does not exist is unknown, granted or not.
    policy.granted.add(HelperId{10});
    EXPECT_EQ(verify_error(call_and_leave(call_helper(10)), policy),
              (Error{Fault::HelperUnknown, 0, 10, 0}));
}

// A program that calls helper `id`, with rights to `ids`.
Error error_with_rights(std::int32_t id, std::vector<std::uint16_t> const& ids,
                        Policy const& policy) {
    std::vector<std::byte> const text = bytes_of(call_and_leave(call_helper(id)));
    std::vector<std::byte> id_bytes(ids.size() * 2);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        mbpf::store(id_bytes.data() + 2 * i, ids[i]);
    }
    program::Program program;
    program.text = isa::Text{text};
    program.rights.present = true;
    program.rights.helper_ids = id_bytes;
    return verify_error(program, policy);
}

TEST(VerifyHelper, IsAskedForByTheProgramsRights) {
    Policy const policy = generous_policy();
    EXPECT_EQ(error_with_rights(1, {}, policy), (Error{Fault::HelperNotGranted, 0, 1, 0}));
    EXPECT_EQ(error_with_rights(1, {2, 3}, policy), (Error{Fault::HelperNotGranted, 0, 1, 0}));
    EXPECT_EQ(error_with_rights(1, {257}, policy), (Error{Fault::HelperNotGranted, 0, 1, 0}));
    EXPECT_EQ(error_with_rights(1, {0xffff, 1}, policy), Error{});
    EXPECT_EQ(error_with_rights(200, {1, 2, 200}, policy), Error{});
}

TEST(VerifyHelper, NeedsBothRightsAndPolicy) {
    Policy policy;
    EXPECT_EQ(error_with_rights(1, {1}, policy), (Error{Fault::HelperNotGranted, 0, 1, 0}));
    policy.granted.add(HelperId{2});
    EXPECT_EQ(error_with_rights(1, {1, 2}, policy), (Error{Fault::HelperNotGranted, 0, 1, 0}));
    EXPECT_EQ(error_with_rights(2, {1}, policy), (Error{Fault::HelperNotGranted, 0, 2, 0}));
    EXPECT_EQ(error_with_rights(2, {1, 2}, policy), Error{});
}

TEST(VerifyHelper, MayBeListedInBytes) {
    std::vector<std::byte> const text = bytes_of(call_and_leave(call_helper(200)));
    std::vector<std::byte> const ids{std::byte{1}, std::byte{200}};
    program::Program program;
    program.text = isa::Text{text};
    program.rights.present = true;
    program.rights.id_width = program::Rights::IdWidth::Byte;
    program.rights.helper_ids = ids;
    EXPECT_EQ(verify_error(program, generous_policy()), Error{});
    program.rights.helper_ids = Bytes{ids}.first(1);
    EXPECT_EQ(verify_error(program, generous_policy()),
              (Error{Fault::HelperNotGranted, 0, 200, 0}));
}

// `depth` functions, each of which calls the next: two slots each.
Code chain(std::uint32_t depth) {
    Code all;
    for (std::uint32_t i = 0; i + 1 < depth; ++i) {
        all = join({all, call_local(1), leave()});
    }
    return join({all, mov64(r0, 0), leave()});
}

TEST(VerifyDepth, IsAtMostEightByDefault) {
    for (std::uint32_t depth = 1; depth <= 8; ++depth) {
        EXPECT_EQ(verify_error(chain(depth)), Error{});
    }
    // where: first slot of the function called at that depth.
    EXPECT_EQ(verify_error(chain(9)), (Error{Fault::CallTooDeep, 16, 9, 8}));
    EXPECT_EQ(verify_error(chain(32)), (Error{Fault::CallTooDeep, 62, 32, 8}));
}

TEST(VerifyDepth, IsAtMostWhatThePolicySays) {
    Policy policy = generous_policy();
    for (std::uint8_t allowed = 0; allowed < 8; ++allowed) {
        policy.max_call_depth = allowed;
        std::uint32_t const most = allowed;
        if (most > 0) {
            EXPECT_EQ(verify_error(chain(most), policy), Error{});
        }
        EXPECT_EQ(verify_error(chain(most + 1), policy),
                  (Error{Fault::CallTooDeep, 2 * most, most + 1, most}));
    }
}

TEST(VerifyDepth, IsNeverMoreThanTheMachineHas) {
    Policy policy = generous_policy();
    policy.max_call_depth = 255;
    EXPECT_EQ(verify_error(chain(8), policy), Error{});
    EXPECT_EQ(verify_error(chain(9), policy), (Error{Fault::CallTooDeep, 16, 9, 8}));
}

TEST(VerifyDepth, FollowsTheLongestPath) {
    // 0 calls 1 and 2; 1 calls 2; so 2 is called at depth 3.
    Code const code = join({call_local(2), call_local(3), leave(),  // 0
                            call_local(1), leave(),                 // 1: slot 3
                            mov64(r0, 0), leave()});                // 2: slot 5
    EXPECT_EQ(plan_of(code).depth, 3);
    Policy policy = generous_policy();
    policy.max_call_depth = 2;
    EXPECT_EQ(verify_error(code, policy), (Error{Fault::CallTooDeep, 5, 3, 2}));
}

TEST(VerifyRecursion, IsRefusedByDefault) {
    EXPECT_EQ(verify_error(join({call_local(-1), leave()})),
              (Error{Fault::CallRecursive, 0, 0, 0}));
    // where: found: the first function on a cycle.
    EXPECT_EQ(verify_error(join({call_local(1), leave(), call_local(-1), leave()})),
              (Error{Fault::CallRecursive, 2, 2, 0}));
    // Two functions that call each other, called by a third.
    EXPECT_EQ(verify_error(join({call_local(1), leave(),      // 0
                                 call_local(1), leave(),      // 1: slot 2
                                 call_local(-3), leave()})),  // 2: slot 4
              (Error{Fault::CallRecursive, 2, 2, 0}));
}

TEST(VerifyRecursion, IsRefusedInCodeThatNothingReaches) {
    EXPECT_EQ(verify_error(join({leave(), call_local(-1), leave()})),
              (Error{Fault::CallRecursive, 1, 1, 0}));
}

TEST(VerifyRecursion, MayBeAllowedUpToADepth) {
    Policy policy = generous_policy();
    policy.recursion = Recursion::Allowed;
    Code const code = join({store(isa::Size::Double, r10, -16, 1), call_local(-2), leave()});
    for (std::uint8_t allowed = 1; allowed <= 8; ++allowed) {
        policy.max_call_depth = allowed;
        EXPECT_EQ(plan_of(code, policy).depth, allowed);
        EXPECT_EQ(plan_of(code, policy).frame_bytes, 16);
    }
    policy.max_call_depth = 200;
    EXPECT_EQ(plan_of(code, policy).depth, 8);
    policy.max_call_depth = 0;
    EXPECT_EQ(verify_error(code, policy), (Error{Fault::CallTooDeep, 0, 2, 0}));
}

TEST(VerifyRecursion, AllowedChangesNothingForOthers) {
    Policy policy = generous_policy();
    policy.recursion = Recursion::Allowed;
    EXPECT_EQ(plan_of(chain(3), policy).depth, 3);
    EXPECT_EQ(verify_error(chain(9), policy), (Error{Fault::CallTooDeep, 16, 9, 8}));
}

// One function that calls each of `count - 1` others.
Code fan(std::uint32_t count) {
    Code all;
    for (std::uint32_t i = 1; i < count; ++i) {
        all = join({all, call_local(std::int32_t(count - 1))});
    }
    all = join({all, leave()});
    for (std::uint32_t i = 1; i < count; ++i) {
        all = join({all, leave()});
    }
    return all;
}

TEST(VerifyFunctions, AreAtMost32) {
    EXPECT_EQ(verify_error(fan(32)), Error{});
    // where: the call that would make it one more.
    EXPECT_EQ(verify_error(fan(33)), (Error{Fault::TooManyFunctions, 31, 33, 32}));
    EXPECT_EQ(verify_error(fan(100)), (Error{Fault::TooManyFunctions, 31, 33, 32}));
}

TEST(VerifyFunctions, CountOnceHoweverOftenTheyAreCalled) {
    Code code = repeat(100, call_local(0));
    for (std::uint32_t i = 0; i < 100; ++i) {
        code.slots[i] = call_local(std::int32_t(100 - i));
    }
    EXPECT_EQ(verify_error(join({code, leave(), leave()})), Error{});
}

}  // namespace
}  // namespace mbpf::test
