// SPDX-License-Identifier: MIT
// A Problem as people read it, and as programs do. The keys of the JSON form stay:
// scripts rely on them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "toolkit/problem.hpp"
#include "toolkit/report/terminal.hpp"

namespace mbpf::toolkit::report {

// The status of a verb that did its work, other than running a program.
inline constexpr char const* done = "ok";

// "ran", "trapped", "rejected", "unusable", "unavailable", "refused" or "usage".
[[nodiscard]] std::string_view status_of(ExitCode code);

[[nodiscard]] std::string problem_text(Problem const& problem, ExitCode code,
                                       Palette const& palette);

// Only what is known has a key; reason always has.
[[nodiscard]] nlohmann::ordered_json problem_json(Problem const& problem);

// {"status": ..., "report": {...}}
[[nodiscard]] nlohmann::ordered_json failure_json(Failure const& failure);

enum class Form : std::uint8_t { Text, Json };

// JSON goes to standard output, text to standard error.
void print_failure(Failure const& failure, Form form);

}  // namespace mbpf::toolkit::report
