// SPDX-License-Identifier: MIT
// What one call of the command shares among its parts, and how verbs print.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "toolkit/exit_code.hpp"

namespace mbpf::toolkit {

struct Session {
    std::vector<std::string> compiler_flags{};  // Behind "--" of a verb that compiles.
    ExitCode exit_code = ExitCode::Done;
};

void print(std::string_view text);

// Indented, and valid UTF-8 whatever a program printed.
void print_json(nlohmann::ordered_json const& json);

}  // namespace mbpf::toolkit
