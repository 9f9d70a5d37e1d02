// SPDX-License-Identifier: MIT
// Bytes of one half of the journal (SPEC.md, "Storage"):
//
//   | header | header | record | record | ... | 0xff ... |
//
// A header says that the half is complete: it is the last that a compaction writes. A record is its
// header, its key, its value and 0xff up to a whole unit of the flash. The unit with the header is
// written first, so a record that power cut short is one unit, or ends where its header says.
#pragma once

#include <cstdint>

#include "mbpf/port/port.hpp"
#include "mbpf/storage/config.hpp"

namespace mbpf::storage {

inline constexpr std::uint32_t half_magic = 0x4a50'426d;  // "mBPJ"

struct HalfHeader {
    std::uint32_t magic{};
    std::uint32_t generation{};  // One more than that of the half it replaces; wraps.
    // What the flash is divided into: a device that divides it otherwise must not read it.
    std::uint32_t sector_bytes{};
    std::uint32_t journal_sectors{};
    std::uint32_t slot_sectors{};
    std::uint32_t crc{};  // Of what stands before.
};

struct RecordHeader {
    std::uint8_t kind{};
    std::uint8_t key_bytes{};
    std::uint16_t value_bytes{};
    std::uint32_t crc{};  // Of what stands before, the key and the value.
};

inline constexpr std::uint16_t removed = 0xffff;  // As value_bytes: the record ends its key.

inline constexpr std::uint32_t half_header_bytes = sizeof(HalfHeader);
inline constexpr std::uint32_t record_header_bytes = sizeof(RecordHeader);
inline constexpr std::uint32_t first_record_at = config::header_places * half_header_bytes;
static_assert(half_header_bytes == 24 && half_header_bytes % port::flash_write_bytes == 0);
static_assert(record_header_bytes == port::flash_write_bytes);

[[nodiscard]] constexpr std::uint32_t value_bytes(RecordHeader const& header) {
    return header.value_bytes == removed ? 0u : header.value_bytes;
}

// What the record takes.
[[nodiscard]] constexpr std::uint32_t record_bytes(RecordHeader const& header) {
    return std::uint32_t(align_up(record_header_bytes + header.key_bytes + value_bytes(header),
                                  port::flash_write_bytes));
}

}  // namespace mbpf::storage
