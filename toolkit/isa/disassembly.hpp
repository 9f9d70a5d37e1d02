// SPDX-License-Identifier: MIT
// Instructions as text, in the syntax of LLVM's assembler (decimal immediates), with helpers and
// functions by name. Operations and widths come from isa::opcodes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mbpf/isa/isa.hpp"
#include "toolkit/source/source_map.hpp"

namespace mbpf::toolkit::disassembly {

// The instruction at `pc`, which must be below text.slots(). Any 8 bytes have a text: what is not
// an instruction reads ".slot 0x..." and says so.
[[nodiscard]] std::string instruction_text(isa::Text text, Pc pc);

// As above, with what a reader wants to know about its target: "goto +4 <L2>", "call +7 <sum>".
[[nodiscard]] std::string instruction_text(isa::Text text, Pc pc,
                                           std::vector<std::string> const& labels);

// A name for each slot that has one: functions and entries by theirs, other targets L1, L2, ...
// Slots without a name have an empty one.
[[nodiscard]] std::vector<std::string> make_labels(isa::Text text,
                                                   std::vector<source::Function> const& functions);

// The slot that the jump or local call at `pc` goes to, if it is one and stays in the text.
[[nodiscard]] std::optional<Pc> target_of(isa::Text text, Pc pc);

// Slots that the instruction at `pc` takes: 2 for a whole LDDW, otherwise 1.
[[nodiscard]] std::uint32_t slots_of(isa::Text text, Pc pc);

}  // namespace mbpf::toolkit::disassembly
