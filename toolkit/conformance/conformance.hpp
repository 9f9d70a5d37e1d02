// SPDX-License-Identifier: MIT
// `mbpf conformance-plugin`: what the runner of the public suite bpf_conformance calls for each of
// its tests.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::conformance {

inline constexpr char const* verb_name = "conformance-plugin";

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::conformance
