// SPDX-License-Identifier: MIT
// mbpf map: what the maps of a container hold.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::maps {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::maps
