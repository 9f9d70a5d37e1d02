// SPDX-License-Identifier: MIT
// The clock of the place that the runner runs at: a PC's, or a board's.
#pragma once

#include <cstdint>

namespace mbpf::runner {

// Microseconds since some moment in the past; never goes back. Firmware defines it for its board.
[[nodiscard]] std::uint64_t now_us();

}  // namespace mbpf::runner
