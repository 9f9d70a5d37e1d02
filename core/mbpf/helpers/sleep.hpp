// SPDX-License-Identifier: MIT
// How a program that loops keeps a beat.
#pragma once

#include <cstdint>

#include "mbpf/machine/machine.hpp"

namespace mbpf::helpers {

// Sleeps until `period_us` behind the time in `last`, in microseconds of 32 bits, and moves `last`
// there. If that time has passed, returns at once, and the beat starts anew from now. Returns 0.
[[nodiscard]] std::int32_t wake_periodically(machine::Instance& instance, std::byte* last,
                                             std::uint32_t period_us);

}  // namespace mbpf::helpers
