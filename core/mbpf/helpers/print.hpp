// SPDX-License-Identifier: MIT
// Formatted output of programs.
#pragma once

#include <cstdint>

#include "mbpf/helpers/environment.hpp"

namespace mbpf::helpers {

// Arguments behind the format: r2 to r5.
inline constexpr std::uint32_t max_print_args = 4;

// printf() as programs have it: %d %i %u %x %X %o %c %s %p %%, the flags - and 0, a width, and the
// lengths l and ll, which take 64 bits (hh and h have no effect). Anything else, and what has no
// argument left, is printed as it stands. `format` was admitted as text; a %s argument is checked
// here. False if one is no readable text.
[[nodiscard]] bool print(machine::Instance const& instance, TextOutput& output, char const* format,
                         std::uint64_t const (&args)[max_print_args]);

}  // namespace mbpf::helpers
