// SPDX-License-Identifier: MIT
// The instruction that asks the debugger or emulator for something; each core has its own.
#pragma once

#include <cstdint>

namespace mbpf::semihosting {

// `argument` is a block of words, or what the operation says. Returns what the operation says.
std::int32_t semihosting_call(std::uint32_t operation, void const* argument);

}  // namespace mbpf::semihosting
