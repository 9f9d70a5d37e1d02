// SPDX-License-Identifier: MIT
// A size in an argument that the function does not have.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t fill(std::uint8_t* to, std::uint32_t) { return *to; }

constexpr Helper bound = helper<fill>({1}, writable_sized_by(3), scalar);

}  // namespace mbpf::machine
