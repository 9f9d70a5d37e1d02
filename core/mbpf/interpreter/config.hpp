// SPDX-License-Identifier: MIT
// Choices of the interpreter.
#pragma once

#include <cstdint>

namespace mbpf::config {

// Instructions between two looks at Instance::breathe(). Times 8 it must stay far below
// 2^31, the reach of the budget's pc limit on a 32-bit core.
inline constexpr std::uint32_t interpreter_grant_instructions = 8192;

}  // namespace mbpf::config
