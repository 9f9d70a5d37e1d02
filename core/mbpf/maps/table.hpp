// SPDX-License-Identifier: MIT
// Arrays and hashes. An array is its values, each at a multiple of 8. A hash is open addressing
// with linear probing, an entry being
//
//   u32 tag (0 free, 1 was deleted, otherwise of the key)  key  zeros to 8  value  zeros to 8
//
// Entries do not move, so a pointer to a value means the same entry until that is deleted.
#pragma once

#include <cstdint>

#include "mbpf/maps/map_set.hpp"

namespace mbpf::maps {

inline constexpr std::uint32_t array_key_bytes = 4;
inline constexpr std::uint32_t tag_bytes = 4;

// Where the value lies in an entry.
[[nodiscard]] constexpr std::uint32_t value_offset(program::MapRecord const& record) {
    bool const is_array = record.kind == Kind::Array;
    return is_array ? 0 : std::uint32_t(align_up(tag_bytes + record.key_bytes, 8));
}
[[nodiscard]] constexpr std::uint32_t entry_bytes(program::MapRecord const& record) {
    return value_offset(record) + std::uint32_t(align_up(record.value_bytes, 8));
}

// Results of helpers, as Linux numbers them.
inline constexpr std::int32_t no_entry = -2;        // ENOENT
inline constexpr std::int32_t too_big = -7;         // E2BIG: no room, or no such index
inline constexpr std::int32_t try_again = -11;      // EAGAIN
inline constexpr std::int32_t already_there = -17;  // EEXIST
inline constexpr std::int32_t invalid = -22;        // EINVAL

// When an update is done (Linux: BPF_ANY, BPF_NOEXIST, BPF_EXIST).
enum class Update : std::uint8_t { Always = 0, OnlyNew = 1, OnlyExisting = 2 };

// `key` points to record.key_bytes, `value` to record.value_bytes, also inside the map. Time is
// bounded by record.max_entries. A ring buffer holds nothing and takes nothing.
[[nodiscard]] std::byte* find_value(Map const& map, std::byte const* key);
[[nodiscard]] std::int32_t update(Map const& map, std::byte const* key, std::byte const* value,
                                  Update when);
[[nodiscard]] std::int32_t remove(Map const& map, std::byte const* key);

// The key of entry `index` below max_entries of a hash; nothing if the entry is free.
[[nodiscard]] std::byte const* key_at(Map const& map, std::uint32_t index);

}  // namespace mbpf::maps
