// SPDX-License-Identifier: MIT
// Limits of the storage. They are part of the format (SPEC.md, "Storage").
#pragma once

#include <cstdint>

namespace mbpf::config {

inline constexpr std::uint32_t max_key_bytes = 23;
inline constexpr std::uint32_t max_record_bytes = 0xfff8;  // Less, where a half is smaller.
// Places for the header of a half. A compaction uses the first; the others are for the first start
// of a device, where power may fail while nothing has been written that says what may be erased.
inline constexpr std::uint32_t header_places = 4;

}  // namespace mbpf::config
