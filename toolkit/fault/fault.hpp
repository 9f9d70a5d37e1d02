// SPDX-License-Identifier: MIT
// `mbpf fault`: why a container was stopped the last time, with the C line.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::fault {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::fault
