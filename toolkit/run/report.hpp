// SPDX-License-Identifier: MIT
// What a run did, as text and as JSON, whose keys stay: scripts rely on them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "toolkit/place/place.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/terminal.hpp"
#include "toolkit/run/job.hpp"

namespace mbpf::toolkit::run {

[[nodiscard]] ExitCode exit_code_of(runner::Status status);

// Nothing if the program ran to its end.
[[nodiscard]] std::optional<Problem> problem_of(Job const& job, runner::Reply const& reply);

[[nodiscard]] std::string run_text(Job const& job, runner::Reply const& reply, place::Where where,
                                   report::Palette const& palette);

[[nodiscard]] nlohmann::ordered_json run_json(Job const& job, runner::Reply const& reply,
                                              place::Where where);

}  // namespace mbpf::toolkit::run
