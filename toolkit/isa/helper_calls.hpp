// SPDX-License-Identifier: MIT
// Which helpers a text calls, and where.
#pragma once

#include <vector>

#include "mbpf/isa/isa.hpp"

namespace mbpf::toolkit::helper_calls {

struct HelperCall {
    Pc pc;
    HelperId id;
};

// In the order of the text, whose instructions need not be valid.
[[nodiscard]] std::vector<HelperCall> find_calls(isa::Text text);

// Ascending, each once.
[[nodiscard]] std::vector<HelperId> called_helpers(isa::Text text);

}  // namespace mbpf::toolkit::helper_calls
