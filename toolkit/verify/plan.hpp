// SPDX-License-Identifier: MIT
// What a program takes from a device: its memory, its accesses, its helpers. As rows of a table and
// as JSON, for the verbs that show it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mbpf/verifier/verifier.hpp"
#include "toolkit/report/table.hpp"

namespace mbpf::toolkit::verify {

// "56 bytes of RAM: stack 8, saved registers 40, data 8"
[[nodiscard]] std::string memory_text(machine::StackPlan plan, std::uint32_t memory_bytes,
                                      std::uint32_t data_bytes);

void add_plan(report::Table& table, verifier::VerifiedProgram const& verified);
[[nodiscard]] nlohmann::ordered_json plan_json(verifier::VerifiedProgram const& verified);

// Where the text calls which helper; the text need not be valid.
void add_helper_calls(report::Table& table, isa::Text text);
[[nodiscard]] nlohmann::ordered_json helper_calls_json(isa::Text text);

// {"id": 1, "name": "printf"}
[[nodiscard]] nlohmann::ordered_json helper_json(HelperId id);

}  // namespace mbpf::toolkit::verify
