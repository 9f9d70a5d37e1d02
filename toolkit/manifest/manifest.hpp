// SPDX-License-Identifier: MIT
// `mbpf manifest`: what a signed envelope says, and who signed it.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::manifest {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::manifest
