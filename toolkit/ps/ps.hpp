// SPDX-License-Identifier: MIT
// `mbpf ps`: the containers of a device.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::ps {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::ps
