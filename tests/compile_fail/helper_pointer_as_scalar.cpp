// SPDX-License-Identifier: MIT
// A pointer that the machine would not check.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t write(std::uint32_t* out) { return *out = 1; }

constexpr Helper bound = helper<write>({1}, scalar);

}  // namespace mbpf::machine
