// SPDX-License-Identifier: MIT
// `mbpf deploy` and `mbpf rollback`: a program to a device, and the one before back.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::deploy {

void add_verb(CLI::App& app, Session& session);

// Of add_verb(): rollback.
void add_rollback_verb(CLI::App& app);

}  // namespace mbpf::toolkit::deploy
