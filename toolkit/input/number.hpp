// SPDX-License-Identifier: MIT
// Numbers and bytes that people type: decimal or 0x, and hex with any spacing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::input {

// All of `text` as a number, decimal or with 0x; nothing if it is not one.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

// Pairs of hex digits; blanks, a leading 0x and the separators : , _ between pairs are skipped.
[[nodiscard]] std::optional<std::vector<std::byte>> parse_hex(std::string_view text);

[[nodiscard]] std::string hex_text(Bytes bytes);

}  // namespace mbpf::toolkit::input
