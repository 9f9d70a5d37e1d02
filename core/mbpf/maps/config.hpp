// SPDX-License-Identifier: MIT
// Limits of maps. Each bounds the time of a helper: nobody else runs meanwhile.
#pragma once

#include <cstdint>

namespace mbpf::config {

inline constexpr std::uint32_t max_maps = 8;            // Of one program
inline constexpr std::uint32_t max_map_key_bytes = 64;  // Of a hash
inline constexpr std::uint32_t max_hash_entries = 1024;
inline constexpr std::uint32_t min_ring_bytes = 16;

}  // namespace mbpf::config
