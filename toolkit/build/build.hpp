// SPDX-License-Identifier: MIT
// `mbpf build`: C source or an object to a file in any layout.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::build {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::build
