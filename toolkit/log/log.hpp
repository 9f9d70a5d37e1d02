// SPDX-License-Identifier: MIT
// `mbpf log`: what the containers of a device print.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::log {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::log
