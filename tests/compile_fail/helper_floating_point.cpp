// SPDX-License-Identifier: MIT
// Registers hold integers: a double would be converted by value.
// EXPECT: integers, enumerations and pointers
#include "mbpf/machine/machine.hpp"

double halved(double value);

constexpr mbpf::machine::Helper bound =
    mbpf::machine::helper<halved>({0xa0}, mbpf::machine::scalar);
