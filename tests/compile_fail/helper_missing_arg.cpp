// SPDX-License-Identifier: MIT
// A parameter of which nothing is said.
// EXPECT: one Arg for each parameter
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t copy(std::uint8_t* to, std::uint32_t) { return *to; }

constexpr Helper bound = helper<copy>({1}, writable(1));

}  // namespace mbpf::machine
