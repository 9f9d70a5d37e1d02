// SPDX-License-Identifier: MIT
// Enumerators as messages of tests spell them.
#pragma once

#include "include/mbpf_program.h"
#include "mbpf/machine/machine.hpp"

namespace mbpf::test {

[[nodiscard]] inline char const* name_of(Fault fault) {
    return mbpf_fault_name(std::uint32_t(fault));
}
[[nodiscard]] inline char const* name_of(machine::Trap trap) {
    return mbpf_trap_name(std::uint32_t(trap));
}

}  // namespace mbpf::test
