// SPDX-License-Identifier: MIT
// Two helpers under one id.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t zero() { return 0; }
std::uint32_t one() { return 1; }

constexpr auto list = HelperList{{helper<zero>({7}), helper<one>({7})}};

}  // namespace mbpf::machine
