// SPDX-License-Identifier: MIT
// A fixed size has five bits.
// EXPECT: reject_helper_table
#include "mbpf/machine/machine.hpp"

constexpr mbpf::machine::Arg bound = mbpf::machine::readable(32);
