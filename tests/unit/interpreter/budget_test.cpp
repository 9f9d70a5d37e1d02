// SPDX-License-Identifier: MIT
// The budget: instructions are counted one by one, and compared at each taken jump, local call and
// exit. Every budget is tried, so a program stops at every point at which it can.
#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "mbpf/interpreter/config.hpp"
#include "tests/support/test_helpers.hpp"
#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

using isa::Alu;
using isa::Jump;
using machine::Trap;

// Runs with every budget up to what the program needs and a little more.
void expect_exact(Code const& code, std::uint32_t needed) {
    Sandbox sandbox{setup_of(code)};
    ASSERT_FALSE(sandbox.refusal());
    for (std::uint32_t budget = 0; budget <= needed + 3; ++budget) {
        ASSERT_EQ(compare_ways(sandbox, Budget{budget}), "");
        machine::Outcome const outcome = sandbox.run(Way::InPlace, Budget{budget}).outcome;
        Trap const expected = budget < needed ? Trap::OutOfBudget : Trap::None;
        ASSERT_EQ(outcome.report.trap, expected) << "budget " << budget;
        if (budget >= needed) {
            ASSERT_EQ(outcome.instructions, needed);
        }
    }
}

// 3 + 2 * times instructions.
Code loop(std::int32_t times) {
    return join(
        {mov64(r0, 0), mov64(r6, times), add64(r6, -1), jump64(Jump::Ne, r6, 0, -2), leave()});
}

TEST(Budget, OfALoop) {
    expect_exact(loop(1), 5);
    expect_exact(loop(40), 83);
}

TEST(Budget, OfALoopThatAcceleratesToOneCode) {
    expect_exact(join({mov64(r6, 20), mov64(r0, r6), add64(r0, 5), mov32(r1, r0), add64(r6, -1),
                       jump64(Jump::Ne, r6, 0, -5), leave()}),
                 1 + 20 * 5 + 1);
    expect_exact(join({mov64(r6, 20), add64(r6, -1), jump64(Jump::Eq, r6, 0, 1), ja(-3), leave()}),
                 1 + 20 * 2 + 19 + 1);
}

TEST(Budget, OfStraightLines) {
    expect_exact(leave(), 1);
    expect_exact(join({repeat(50, add64(r0, 1)), leave()}), 51);
}

TEST(Budget, CountsLddwOnce) {
    expect_exact(join({lddw(r0, 1), leave()}), 2);
    expect_exact(join({lddw(r0, 1), lddw(r0, 2), lddw(r0, 3), ja(0), lddw(r0, 4), leave()}), 6);
}

TEST(Budget, OfCalls) {
    expect_exact(join({call_local(2), call_local(1), leave(), add64(r0, 1), leave()}), 7);
    expect_exact(join({mov64(r6, 5), call_local(3), add64(r6, -1), jump64(Jump::Ne, r6, 0, -3),
                       leave(), add64(r0, 1), leave()}),
                 1 + 5 * 5 + 1);
    expect_exact(join({call_helper(1), call_helper(1), leave()}), 3);
}

TEST(Budget, DoesNotCountWhatIsSkipped) {
    expect_exact(join({ja(3), repeat(3, add64(r0, 1)), leave()}), 2);
    expect_exact(join({jump64(Jump::Eq, r0, 1, 3), repeat(3, add64(r0, 1)), leave()}), 5);
}

TEST(Budget, Of0RunsNothing) {
    Sandbox sandbox{setup_of(join({store(isa::Size::Double, r10, -8, -1), leave()}))};
    machine::Outcome const outcome = sandbox.run(Way::InPlace, Budget{0}).outcome;
    EXPECT_EQ(outcome.report, (machine::TrapReport{Trap::OutOfBudget, 0, Pc{0}, 0}));
    EXPECT_EQ(outcome.instructions, 0u);
    EXPECT_EQ(compare_ways(sandbox, Budget{0}), "");
}

TEST(Budget, EndsAnEndlessLoop) {
    for (Code const& code : {Code{ja(-1)}, Code{ja32(-1)}, join({add64(r0, 1), ja(-2)}),
                             join({jump64(Jump::Eq, r0, r0, -1), leave()}),
                             join({jump32(Jump::Set, r10, -1, -1), leave()})}) {
        Sandbox sandbox{setup_of(code)};
        for (std::uint32_t const budget : {1u, 2u, 7u, 8191u, 8192u, 8193u, 16'384u, 50'000u}) {
            EXPECT_EQ(compare_ways(sandbox, Budget{budget}), "");
            machine::Outcome const outcome = sandbox.run(Way::InPlace, Budget{budget}).outcome;
            EXPECT_EQ(outcome.report.trap, Trap::OutOfBudget);
            EXPECT_GT(outcome.instructions, budget);
            EXPECT_LE(outcome.instructions, budget + 2);
        }
    }
}

TEST(Budget, IsGrantedInPortionsThatNobodySees) {
    // Around the multiples of 8192 at which the interpreter asks for more.
    for (std::int32_t const times : {4094, 4095, 4096, 4097, 8190, 8191, 8192, 12'288}) {
        Sandbox sandbox{setup_of(loop(times))};
        std::uint32_t const needed = 3 + 2 * std::uint32_t(times);
        for (std::uint32_t const budget :
             {needed - 2, needed - 1, needed, needed + 1, 8191u, 8192u, 8193u, 16'383u, 16'384u,
              16'385u, 0x7fff'ffffu, 0x8000'0000u, 0xffff'ffffu}) {
            EXPECT_EQ(compare_ways(sandbox, Budget{budget}), "") << times;
        }
    }
}

TEST(Budget, OfStraightLinesLongerThanAPortion) {
    for (std::uint32_t const length : {8190u, 8191u, 8192u, 8193u, 20'000u, 65'530u}) {
        std::vector<isa::Slot> slots(length, add64(r0, 1));
        slots.push_back(ja(0));
        slots.push_back(leave());
        Sandbox sandbox{setup_of(Code{slots})};
        std::uint32_t const needed = length + 2;
        for (std::uint32_t const budget : {1u, 100u, 8191u, 8192u, 8193u, 16'384u, 16'385u,
                                           needed - 2, needed - 1, needed, needed + 1}) {
            EXPECT_EQ(compare_ways(sandbox, Budget{budget}), "") << length;
            Trap const expected = budget < needed ? Trap::OutOfBudget : Trap::None;
            EXPECT_EQ(sandbox.run(Way::InPlace, Budget{budget}).outcome.report.trap, expected);
        }
    }
}

TEST(Budget, AsksInCallsHelpersAndJset) {
    // Kinds of instructions that are executed by the slower path.
    Code const code = join({mov64(r6, 3000), call_local(5), call_helper(1), alu64(Alu::Sub, r6, 1),
                            jump64(Jump::Set, r6, -1, -4), mov64(r0, r6), leave(),
                            with_offset(alu64(Alu::Mod, r0, 7), 1), leave()});
    Sandbox sandbox{setup_of(code)};
    for (std::uint32_t const budget : {5u, 6u, 7u, 8u, 9u, 10u, 8190u, 8191u, 8192u, 8193u, 8194u,
                                       8195u, 8196u, 8197u, 18'002u, 18'003u, 18'004u}) {
        EXPECT_EQ(compare_ways(sandbox, Budget{budget}), "");
    }
}

// A sandbox runs from a fresh instance each time: here the instance stays.
machine::Outcome run_again(Sandbox& sandbox, Budget budget) {
    return interpreter::run(sandbox.verified(), sandbox.instance(), Pc{0}, budget);
}

TEST(Stop, EndsARunWithinOnePortion) {
    Sandbox sandbox{setup_of(Code{ja(-1)})};
    sandbox.instance().request_stop();
    machine::Outcome const outcome = run_again(sandbox, Budget{1'000'000});
    EXPECT_EQ(outcome.report.trap, Trap::Stopped);
    EXPECT_EQ(outcome.report.pc, Pc{0});
    EXPECT_LE(outcome.instructions, config::interpreter_grant_instructions + 1);
    sandbox.instance().clear_stop();
    EXPECT_EQ(run_again(sandbox, Budget{1'000'000}).report.trap, Trap::OutOfBudget);
}

TEST(Stop, IsKeptUntilCleared) {
    Sandbox sandbox{setup_of(Code{ja(-1)})};
    sandbox.instance().request_stop();
    EXPECT_EQ(run_again(sandbox, Budget{100'000}).report.trap, Trap::Stopped);
    EXPECT_EQ(run_again(sandbox, Budget{100'000}).report.trap, Trap::Stopped);
    EXPECT_TRUE(sandbox.instance().stop_requested());
}

TEST(Stop, LetsAShortRunEnd) {
    Sandbox sandbox{setup_of(join({mov64(r0, 5), leave()}))};
    sandbox.instance().request_stop();
    machine::Outcome const outcome = run_again(sandbox, Budget{100'000});
    EXPECT_EQ(outcome.report.trap, Trap::None);
    EXPECT_EQ(outcome.result, 5u);
}

TEST(Stop, MayComeFromAnotherThread) {
    Sandbox sandbox{setup_of(Code{ja(-1)})};
    std::thread stopper{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        sandbox.instance().request_stop();
    }};
    machine::Outcome const outcome = run_again(sandbox, Budget{0xffff'ffff});
    stopper.join();
    EXPECT_EQ(outcome.report.trap, Trap::Stopped);
}

TEST(Stop, EndsARunThatOnlyCalls) {
    test::Setup setup = setup_of(join({call_local(1), ja(-2), leave()}));
    Sandbox sandbox{setup};
    sandbox.instance().request_stop();
    EXPECT_EQ(run_again(sandbox, Budget{1'000'000}).report.trap, Trap::Stopped);
}

TEST(ChangedText, IsNoticed) {
    // A text that changes behind the verifier's back: never a crash.
    std::vector<std::byte> text = bytes_of(join({mov64(r0, 0), mov64(r0, 1), leave()}));
    program::Program program;
    program.text = isa::Text{text};
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(program, test_helpers(), {});
    ASSERT_TRUE(verified.has_value());
    std::array<std::uint64_t, 2> memory{};
    machine::Instance instance;
    ASSERT_TRUE(instance
                    .prepare(program, verified->plan(),
                             {static_cast<std::byte*>(static_cast<void*>(&memory)), 16}, {})
                    .has_value());
    for (unsigned const opcode : {0x00u, 0x20u, 0x8du}) {
        text[8] = std::byte(opcode);
        machine::Outcome const outcome = interpreter::run(*verified, instance, Pc{0}, Budget{100});
        EXPECT_EQ(outcome.report, (machine::TrapReport{Trap::Illegal, 0, Pc{1}, 0})) << opcode;
    }
}

}  // namespace
}  // namespace mbpf::test
