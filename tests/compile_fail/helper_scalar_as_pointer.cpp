// SPDX-License-Identifier: MIT
// A number that the machine would take for an address.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t twice(std::uint32_t value) { return 2 * value; }

constexpr Helper bound = helper<twice>({1}, readable(4));

}  // namespace mbpf::machine
