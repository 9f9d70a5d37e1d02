// SPDX-License-Identifier: MIT
// Helper ids are a byte.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t zero() { return 0; }

constexpr Helper bound = helper<zero>({256});

}  // namespace mbpf::machine
