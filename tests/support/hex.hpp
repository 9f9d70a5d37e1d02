// SPDX-License-Identifier: MIT
// Bytes as text: two lower-case digits each.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mbpf::test {

[[nodiscard]] std::string to_hex(std::span<std::byte const> bytes);
// Throws std::invalid_argument for anything but pairs of digits.
[[nodiscard]] std::vector<std::byte> from_hex(std::string_view text);

}  // namespace mbpf::test
