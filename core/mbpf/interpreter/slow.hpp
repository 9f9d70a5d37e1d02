// SPDX-License-Identifier: MIT
// The instructions and cases that handlers leave to ordinary code: it may use every register of
// the core, and there is one copy of it.
#pragma once

#include "mbpf/interpreter/config.hpp"
#include "mbpf/interpreter/frame.hpp"

namespace mbpf::interpreter {

// Executes the instruction at frame.pc, if it is one that handlers leave to it, and moves frame.pc
// to the next. False: the run has ended at frame.pc; frame.report says how.
[[nodiscard]] bool execute_slowly(Frame& frame);

// Calls a helper whose arguments must be checked, or that may fail. False: the run has ended.
[[nodiscard]] bool call_checked(Frame& frame, HelperId id);

// The budget ran out before the instruction at frame.pc: grants more, or ends the run (false).
[[nodiscard]] bool grant_more(Frame& frame);

// Whether one more branch may be taken, which then counts. (In the smallest build, every run counts
// branches, and nothing else.)
[[nodiscard]] inline bool take_one(Frame& frame) {
    if (frame.budget_left == 0) {
        return false;
    }
    --frame.budget_left;
    return true;
}

// How many of the instructions left may run before the next look around. They are granted in
// portions, so that a request to stop is seen and the pc limit stays near the pc.
[[nodiscard]] constexpr std::uint32_t next_grant(std::uint32_t left) {
    constexpr std::uint32_t most = config::interpreter_grant_instructions;
    return left < most ? left : most;
}

}  // namespace mbpf::interpreter
