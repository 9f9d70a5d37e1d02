// SPDX-License-Identifier: MIT
// Names of the maps of an image (SPEC.md, "Image", section 0x82). They are for people and optional,
// so no Program keeps them: they are looked up in its bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mbpf/base/base.hpp"

namespace mbpf::program {

// The section of names of an image that opens; empty if it has none.
[[nodiscard]] Bytes map_names(Bytes image);

// The number of the map of that name in such a section, which is any bytes.
[[nodiscard]] std::optional<std::uint32_t> map_number(Bytes names, std::string_view name);

}  // namespace mbpf::program
