// SPDX-License-Identifier: MIT
// The optional "Lines" section of an image, 0x81 (SPEC.md, "Image"): about one byte for each
// change of line. Texts of lines are not stored, only where to find them.
#pragma once

#include <optional>
#include <vector>

#include "mbpf/base/base.hpp"
#include "toolkit/source/source_map.hpp"

namespace mbpf::toolkit::source {

inline constexpr std::uint8_t line_table_version = 1;

// A row is one byte, (slot step - 1) + 8 * (line step + line_bias), while both steps are small:
inline constexpr std::uint32_t slot_steps = 8;  // 1 to 8 slots
inline constexpr std::int32_t line_bias = 10;   // -10 to +20 lines
inline constexpr std::uint32_t line_steps = 31;
// Otherwise one of these, followed by a slot step, a line step and (the second) a file index.
inline constexpr std::uint8_t long_row = 0xf8;
inline constexpr std::uint8_t long_row_with_file = 0xf9;
static_assert(slot_steps * line_steps == long_row);

[[nodiscard]] std::vector<std::byte> encode_lines(SourceMap const& map);

// Nothing if `section` is not a line table of this version, whole and in order.
[[nodiscard]] std::optional<SourceMap> decode_lines(Bytes section);

}  // namespace mbpf::toolkit::source
