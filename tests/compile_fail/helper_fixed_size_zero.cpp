// SPDX-License-Identifier: MIT
// A pointer to nothing would not be checked.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

constexpr mbpf::machine::Arg bound = mbpf::machine::writable(0);
