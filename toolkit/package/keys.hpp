// SPDX-License-Identifier: MIT
// Keys of stores that a program may use, as people write them: "0-9:rw,16:rwk,0-3:own". r and w: of
// the global store; k: what is written there is kept without power; own: keys of its own store that
// are kept; rwk+own: all of that. "all": every key of the global store, read and written.
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
