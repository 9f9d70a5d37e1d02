// SPDX-License-Identifier: MIT
// Write xor execute, by the memory protection unit (Armv7-M ARM, B3.5): the image may be read and
// executed, RAM and flash read and written, and the code memory is one or the other in turn. There
// is nothing else: any other access faults.
#pragma once

#include "mbpf/port/port.hpp"

namespace mbpf::firmware {

inline constexpr std::size_t code_memory_bytes = 32 * 1024;

// Turns the protection on. Only for Armv7-M; false if this core has too little of it.
[[nodiscard]] bool protect_memory();

// Sealed and empty at first.
[[nodiscard]] port::CodeMemory code_memory();

}  // namespace mbpf::firmware
