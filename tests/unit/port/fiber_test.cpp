// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "mbpf/port/port.hpp"

namespace mbpf::port {

namespace {

class Turns {
public:
    Turns() {
        if constexpr (has_fibers) {
            fiber_.prepare(stack_, &Turns::enter, this);
        }
    }
    void resume() { main_.switch_to(fiber_); }

    std::array<int, 4> seen{};
    double sum = 0;

private:
    static void enter(void* self) { static_cast<Turns*>(self)->count(); }

    [[noreturn]] void count() {
        for (int turn = 1;; ++turn) {
            int const local[4]{turn, 2 * turn, 3 * turn, 4 * turn};
            sum += std::sqrt(double(turn));  // Wants an aligned stack.
            fiber_.switch_to(main_);
            seen = {local[0], local[1], local[2], local[3]};
        }
    }

    Fiber main_;
    Fiber fiber_;
    alignas(16) std::array<std::byte, 16384> stack_{};
};

TEST(Fiber, KeepsItsVariablesBetweenTurns) {
    if constexpr (!has_fibers) {
        GTEST_SKIP() << "no fibers on this processor";
    }
    Turns turns;
    turns.resume();
    EXPECT_EQ(turns.seen, (std::array<int, 4>{}));
    turns.resume();
    EXPECT_EQ(turns.seen, (std::array{1, 2, 3, 4}));
    turns.resume();
    EXPECT_EQ(turns.seen, (std::array{2, 4, 6, 8}));
    EXPECT_DOUBLE_EQ(turns.sum, 1 + std::sqrt(2.0) + std::sqrt(3.0));
}

TEST(Fiber, SeveralTakeTurns) {
    if constexpr (!has_fibers) {
        GTEST_SKIP() << "no fibers on this processor";
    }
    std::array<Turns, 3> all;
    for (int round = 0; round < 5; ++round) {
        for (Turns& turns : all) {
            turns.resume();
        }
    }
    for (Turns const& turns : all) {
        EXPECT_EQ(turns.seen[3], 16);
    }
}

}  // namespace

}  // namespace mbpf::port
