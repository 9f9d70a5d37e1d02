// SPDX-License-Identifier: MIT
// How a run ends. Numbers are part of SPEC.md: append, never renumber.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::machine {

enum class Trap : std::uint8_t {
    None = 0,          // The program returned.
    OutOfBudget = 1,   // More instructions than the budget allows.
    LoadOutside = 2,   // address, bytes: a load outside every readable region.
    StoreOutside = 3,  // address, bytes: a store outside every writable region.
    CallTooDeep = 4,   // A local call without a frame left.
    HelperArgument =
        5,             // address: argument the helper may not have; bytes: 1 for r1, 2 for r2, ...
    HelperFailed = 6,  // The helper gave up.
    Stopped = 7,       // Asked to stop from outside.
    Illegal = 8,       // The text changed under a running program.
};

// These two have no initializers: run() sets every member, once, and short runs are many.
struct TrapReport {
    Trap trap;
    std::uint8_t bytes;
    Pc pc;
    std::uint64_t address;
};

// What a run leaves behind.
struct Outcome {
    TrapReport report;
    std::uint64_t result;        // r0, when report.trap is None.
    std::uint32_t instructions;  // Executed, the trapping one included.
};

}  // namespace mbpf::machine
