// SPDX-License-Identifier: MIT
// What reader and writer share: the initial byte of an item is major type and argument (RFC 8949,
// section 3). Of the simple values the subset has three, and no floats.
#pragma once

#include <cstdint>

namespace mbpf::cbor {

enum class Major : std::uint8_t {
    Unsigned = 0,
    Negative = 1,
    Bytes = 2,
    Text = 3,
    Array = 4,
    Map = 5,
    Tag = 6,
    Simple = 7,
};

inline constexpr unsigned argument_bits = 5;
inline constexpr std::uint8_t argument_mask = 0x1f;
inline constexpr std::uint8_t argument_in_1_byte = 24;   // Below, it is the argument itself;
inline constexpr std::uint8_t argument_in_8_bytes = 27;  // above, nothing is deterministic.

inline constexpr std::uint8_t simple_false = 20;
inline constexpr std::uint8_t simple_true = 21;
inline constexpr std::uint8_t simple_null = 22;

}  // namespace mbpf::cbor
