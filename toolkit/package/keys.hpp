// SPDX-License-Identifier: MIT
// Keys of the global store that a program may use, as people write them: "0-9:rw,16:r", "all".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mbpf/program/program.hpp"

namespace mbpf::toolkit::package {

// Nothing if any part makes no sense.
[[nodiscard]] std::optional<std::vector<program::KeyRange>> parse_keys(std::string_view text);

[[nodiscard]] std::string keys_text(program::KeyRange const& range);

}  // namespace mbpf::toolkit::package
