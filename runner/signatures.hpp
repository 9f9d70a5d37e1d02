// SPDX-License-Identifier: MIT
// Helpers for tests of the machine and the engines: one of each kind of signature.
#pragma once

#include <cstdint>

#include "mbpf/machine/machine.hpp"

namespace mbpf::runner {

enum class Signature : std::uint8_t {
    Mix = 1,           // u32 (u32, u32, u32, u32, u32), called directly
    Fetch = 2,         // s32 (u32 key, void* out), 4 bytes: -1 for odd keys
    TextSize = 3,      // u32 (char const*)
    Copy = 4,          // u32 (void* to, void const* from, u32 bytes)
    FailIfOdd = 5,     // void (Instance&, u64)
    Multiply = 6,      // u64 (u64, u64)
    Sum = 7,           // u8 (u8 const*), 8 bytes of it
    FillLast = 8,      // u32 (u32, u32, u32, u8 value, void* out): five, the last 8 bytes
    Misalignment = 9,  // u32 (): bytes of the stack pointer above a multiple of 8, where it matters
    Narrow = 200,      // s8 (s8): sign-extended to 32 bits, then zero-extended
};

[[nodiscard]] machine::HelperTable signatures();

}  // namespace mbpf::runner
