// SPDX-License-Identifier: MIT
// What a device image can try on its board, for tests/firmware/network_test.py.
#pragma once

#include "mbpf/port/port.hpp"

namespace mbpf::firmware {

// Known answers of the cryptography, the life of code memory, the clock. Prints a line for each;
// whether all are right.
[[nodiscard]] bool test_board();

// Breaks a rule of memory on purpose: "data", "code", "open-code", "image",
// "nothing-there", "run-stack" or "stack". It returns only if nobody stopped it, or the name is
// unknown.
void break_rule(char const* name);

}  // namespace mbpf::firmware
