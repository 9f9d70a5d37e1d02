// SPDX-License-Identifier: MIT
// Write xor execute, by the memory protection unit (Armv7-M ARM, B3.5): the image may be read and
// executed, RAM and flash read and written, and the code memory is one or the other in turn. There
// is nothing else: any other access faults, and so does what passes the end of a stack.
#pragma once

#include "mbpf/port/port.hpp"

namespace mbpf::firmware {

inline constexpr std::size_t code_memory_bytes = 16 * 1024;

inline constexpr std::size_t guard_bytes = 32;  // The least that a region has, and its alignment.

// Turns the protection on. Only for Armv7-M; false if this core has too little of it.
[[nodiscard]] bool protect_memory();

// Nobody may touch the first guard_bytes at `stack` (which is a multiple of that) until the next
// call. Only with the protection on.
void guard_stack(std::byte const* stack);

// Sealed and empty at first.
[[nodiscard]] port::CodeMemory code_memory();

}  // namespace mbpf::firmware
