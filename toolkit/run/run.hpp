// SPDX-License-Identifier: MIT
// `mbpf run`: programs to their end, on this PC or on an emulated core.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::run {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::run
