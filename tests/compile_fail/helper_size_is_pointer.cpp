// SPDX-License-Identifier: MIT
// A size that is itself a pointer.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t copy(std::uint8_t* to, std::uint8_t const* from) { return *to = *from; }

constexpr Helper bound = helper<copy>({1}, writable_sized_by(2), readable(1));

}  // namespace mbpf::machine
