// SPDX-License-Identifier: MIT
// The way from compiled code to serve(), and into compiled code.
#pragma once

#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

// Where compiled code calls for help; 0 on a core that does not run it.
[[nodiscard]] std::uint32_t gate_address();

// What was written as data is fetched as instructions from now on (Armv7-M ARM, A3.8.4).
void publish_code();

// Runs compiled code from `entry`, the address of a Thumb function, until it leaves.
void enter(Start& start, std::uint32_t entry);

}  // namespace mbpf::jit
