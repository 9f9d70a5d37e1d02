// SPDX-License-Identifier: MIT
// The clock of the board.
#pragma once

#include <cstdint>

namespace mbpf::firmware {

// Microseconds since some moment in the past; never goes back.
[[nodiscard]] std::uint64_t now_us();

}  // namespace mbpf::firmware
