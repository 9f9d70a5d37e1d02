// SPDX-License-Identifier: MIT
// What the encoders share: how they refuse, and which helpers a program asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "toolkit/layout/layout.hpp"

namespace mbpf::toolkit::layout {

// A refusal that also says which layouts could hold `program`.
[[nodiscard]] Refusal refuse(program::Program const& program, Fault fault, std::string reason);

// A refusal if the first entry is not the first instruction, for layouts that start nowhere else.
[[nodiscard]] std::optional<Refusal> refuse_start(program::Program const& program);

// What its rights list; where it has none, the ids that its text calls, ascending.
[[nodiscard]] std::vector<HelperId> requested_helpers(program::Program const& program);

}  // namespace mbpf::toolkit::layout
