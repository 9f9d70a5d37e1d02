// SPDX-License-Identifier: MIT
// `mbpf sign`: an image to an envelope that devices accept.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::sign {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::sign
