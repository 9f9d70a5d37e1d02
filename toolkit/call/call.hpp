// SPDX-License-Identifier: MIT
// `mbpf call`: a request to a container.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::call {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::call
