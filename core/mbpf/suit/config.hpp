// SPDX-License-Identifier: MIT
// Limits of the SUIT layer.
#pragma once

#include <cstddef>

namespace mbpf::suit::config {

inline constexpr std::size_t max_head_bytes = 768;     // Of an envelope, up to the payload.
inline constexpr std::size_t max_command_bytes = 528;  // Of the payload of a signed command.
inline constexpr std::size_t max_name_bytes = 32;      // Of a container.

}  // namespace mbpf::suit::config
