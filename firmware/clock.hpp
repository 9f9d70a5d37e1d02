// SPDX-License-Identifier: MIT
// The clock of the board, and how it waits.
#pragma once

#include <cstdint>

namespace mbpf::firmware {

// Microseconds since some moment in the past; never goes back. Interrupt handlers may call it.
[[nodiscard]] std::uint64_t now_us();

// Lets the core wake up a thousand times a second. Only for an image with
// firmware/cortexm/tick.cpp.
void start_tick();

// Sleeps until the next tick or wake(): not at all if there was one since the last idle().
void idle();

// There is something to do. Interrupt handlers may call it.
void wake();

}  // namespace mbpf::firmware
