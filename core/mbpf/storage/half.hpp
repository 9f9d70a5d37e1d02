// SPDX-License-Identifier: MIT
// Bytes of one half of the journal (SPEC.md, "Storage"):
//
//   | place of a header | place | place | place | record | record | ... | 0xff ... |
//
// A record is its header, its key, its value and 0xff up to a whole unit of the flash. The unit
// with its header is written first, so a record that power cut short is one unit, or ends where its
// header says. The header of a half is a record, too: it says that the half is complete, and is the
// last that a compaction writes.
#pragma once

#include <cstdint>

#include "mbpf/port/port.hpp"
#include "mbpf/storage/config.hpp"

namespace mbpf::storage {

struct RecordHeader {
    std::uint8_t kind{};
    std::uint8_t key_bytes{};
    std::uint16_t value_bytes{};
    std::uint32_t crc{};  // Of what stands before, the key and the value.
};

inline constexpr std::uint16_t removed = 0xffff;  // As value_bytes: the record ends its key.
inline constexpr std::uint32_t record_header_bytes = sizeof(RecordHeader);
static_assert(record_header_bytes == port::flash_write_bytes);

[[nodiscard]] constexpr std::uint32_t value_bytes(RecordHeader const& header) {
    return header.value_bytes == removed ? 0u : header.value_bytes;
}

// What the record takes.
[[nodiscard]] constexpr std::uint32_t record_bytes(RecordHeader const& header) {
    return std::uint32_t(align_up(record_header_bytes + header.key_bytes + value_bytes(header),
                                  port::flash_write_bytes));
}

// What the flash is divided into.
struct Layout {
    std::uint32_t journal_sectors{};  // Per half; at least 1.
    std::uint32_t slot_sectors{};     // Per slot; 0: there are no slots.

    friend bool operator==(Layout const&, Layout const&) = default;
};

// The value of a half's header, which has no key. A device that divides its flash otherwise must
// not read the half.
struct HalfValue {
    std::uint32_t generation{};  // One more than that of the half it replaces; wraps.
    std::uint32_t sector_bytes{};
    Layout layout;
};

inline constexpr std::uint8_t half_kind = 'J';
inline constexpr std::uint32_t half_header_bytes = record_header_bytes + sizeof(HalfValue);
inline constexpr std::uint32_t first_record_at = config::header_places * half_header_bytes;
static_assert(half_header_bytes == 24);

}  // namespace mbpf::storage
