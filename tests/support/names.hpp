// SPDX-License-Identifier: MIT
// Enumerators as the vectors and the messages of tests spell them.
#pragma once

#include <string_view>

#include "mbpf/machine/machine.hpp"

namespace mbpf::test {

[[nodiscard]] std::string_view name_of(Fault fault);
[[nodiscard]] std::string_view name_of(machine::Trap trap);
// Throw std::out_of_range for a name that no enumerator has.
[[nodiscard]] Fault fault_named(std::string_view name);
[[nodiscard]] machine::Trap trap_named(std::string_view name);

}  // namespace mbpf::test
