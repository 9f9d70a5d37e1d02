// SPDX-License-Identifier: MIT
// What --grant says: "all", "none", or helpers by id or name: "1,printf,0x12".
#pragma once

#include <string>

#include "mbpf/machine/machine.hpp"

namespace mbpf::toolkit::input {

// Throws a Failure of usage if a helper is not known by that name.
[[nodiscard]] machine::HelperSet parse_grants(std::string const& text);

}  // namespace mbpf::toolkit::input
