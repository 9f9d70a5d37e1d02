// SPDX-License-Identifier: MIT
// Helper 0x61: a beat on a clock of 32 bits that wraps.
#include <gtest/gtest.h>

#include "tests/unit/helpers/support/caller.hpp"

namespace mbpf::test {
namespace {

using machine::Permission;
using machine::Trap;

constexpr std::uint32_t id = 0x61;
constexpr std::uint64_t never = ~std::uint64_t{0};

struct Clock {
    std::uint64_t now_us;
    std::uint64_t slept_until;
};
Clock test_clock;  // The functions of an environment have no context of their own.

class PeriodicWakeup : public testing::Test {
protected:
    PeriodicWakeup() {
        test_clock = {1'000'000, never};
        caller_.environment.now_us = [] { return test_clock.now_us; };
        caller_.environment.sleep_until = [](machine::Instance&, std::uint64_t time_us) {
            test_clock.slept_until = time_us;
        };
        address_ = caller_.lend(last_);
    }
    void sleep(std::uint32_t last, std::uint32_t period_us) {
        last_ = last;
        EXPECT_EQ(caller_.result_of(id, {address_, period_us}), 0u);
    }

    std::uint32_t last_ = 0;
    std::uint64_t address_ = 0;
    Caller caller_;
};

TEST_F(PeriodicWakeup, SleepsUntilAPeriodBehindTheLastTime) {
    sleep(999'900, 500);
    EXPECT_EQ(test_clock.slept_until, 1'000'400u);
    EXPECT_EQ(last_, 1'000'400u);
}

TEST_F(PeriodicWakeup, KeepsTheBeatThatIsDueRightNow) {
    sleep(999'500, 500);
    EXPECT_EQ(test_clock.slept_until, 1'000'000u);
    EXPECT_EQ(last_, 1'000'000u);
}

TEST_F(PeriodicWakeup, SleepsOverTheWrapOfTheClock) {
    test_clock.now_us = 0x5'ffff'fff0;
    sleep(0xffff'ffe0, 0x100);
    EXPECT_EQ(test_clock.slept_until, 0x6'0000'00e0u);
    EXPECT_EQ(last_, 0xe0u);
}

TEST_F(PeriodicWakeup, KnowsALastTimeInFrontOfTheWrap) {
    test_clock.now_us = 0x6'0000'0010;
    sleep(0xffff'fff0, 0x100);
    EXPECT_EQ(test_clock.slept_until, 0x6'0000'00f0u);
    EXPECT_EQ(last_, 0xf0u);
}

TEST_F(PeriodicWakeup, SleepsForAsLongAsTheClockCanSay) {
    sleep(1'000'000, 0xffff'ffff);
    EXPECT_EQ(test_clock.slept_until, 1'000'000u + 0xffff'ffffull);
}

TEST_F(PeriodicWakeup, ReturnsAtOnceIfTheTimeHasPassed) {
    sleep(999'000, 999);
    EXPECT_EQ(test_clock.slept_until, never);
    EXPECT_EQ(last_, 1'000'000u);
}

TEST_F(PeriodicWakeup, ReturnsAtOnceIfTheLastTimeIsStillToCome) {
    sleep(1'000'001, 500);
    EXPECT_EQ(test_clock.slept_until, never);
    EXPECT_EQ(last_, 1'000'000u);
    sleep(0xf000'0000, 100);
    EXPECT_EQ(test_clock.slept_until, never);
}

TEST_F(PeriodicWakeup, EndsTheRunWhereNobodyCanSleep) {
    caller_.environment.sleep_until = nullptr;
    EXPECT_EQ(caller_.trap_of(id, {address_, 1}), Trap::HelperFailed);
}

TEST_F(PeriodicWakeup, EndsTheRunWithoutAClockOrAnEnvironment) {
    caller_.environment.now_us = nullptr;
    EXPECT_EQ(caller_.trap_of(id, {address_, 1}), Trap::HelperFailed);
    caller_.has_environment = false;
    EXPECT_EQ(caller_.trap_of(id, {address_, 1}), Trap::HelperFailed);
    EXPECT_EQ(test_clock.slept_until, never);
}

TEST_F(PeriodicWakeup, ReadsAndWritesOnlyWhatTheProgramMay) {
    std::uint32_t read_only = 0;
    std::uint32_t write_only = 0;
    EXPECT_EQ(caller_.trap_of(id, {caller_.lend(read_only, Permission::Read), 1}),
              Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(id, {caller_.lend(write_only, Permission::Write), 1}),
              Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(id, {address_ + 1, 1}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(id, {0, 1}), Trap::HelperArgument);
    EXPECT_EQ(write_only, 0u);
    EXPECT_EQ(test_clock.slept_until, never);
}

}  // namespace
}  // namespace mbpf::test
