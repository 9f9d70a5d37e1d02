// SPDX-License-Identifier: MIT
// The machine looks at 32 bits of a size: a helper must not look at more.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t fill(std::uint8_t* to, std::uint64_t) { return *to; }

constexpr Helper bound = helper<fill>({1}, writable_sized_by(2), scalar);

}  // namespace mbpf::machine
