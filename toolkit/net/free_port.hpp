// SPDX-License-Identifier: MIT
// Where something can listen that others are told of.
#pragma once

#include <cstdint>

namespace mbpf::toolkit::net {

// A port of UDP on 127.0.0.1 that nobody uses right now. A Failure if there is none.
[[nodiscard]] std::uint16_t free_port();

}  // namespace mbpf::toolkit::net
