// SPDX-License-Identifier: MIT
// Limits of the machine. Each bounds memory or time that a program can take.
#pragma once

#include <cstdint>

namespace mbpf::config {

inline constexpr std::uint32_t max_regions = 8;        // 12 bytes each on a 32-bit core
inline constexpr std::uint32_t max_helper_args = 5;    // RFC 9669 section 4.3.1
inline constexpr std::uint32_t max_helper_id = 255;    // Ids are a byte in the prototype's formats.
inline constexpr std::uint32_t max_frame_bytes = 512;  // Below r10, per function
inline constexpr std::uint32_t max_call_depth = 8;     // Functions on the stack, the entry included
inline constexpr std::uint32_t max_functions = 32;
inline constexpr std::uint32_t max_slots = 65536;

}  // namespace mbpf::config
