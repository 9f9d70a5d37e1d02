// SPDX-License-Identifier: MIT
// The standard helpers, each bound to its id (SPEC.md, "Helpers"). Programs see them through
// examples/include/mbpf.h.
#pragma once

#include "mbpf/machine/machine.hpp"

namespace mbpf::helpers {

// Instances that use this table have an Environment attached (Instance::set_environment); without
// one, the helpers that need it end the run with Trap::HelperFailed.
[[nodiscard]] machine::HelperTable standard_helpers();

}  // namespace mbpf::helpers
