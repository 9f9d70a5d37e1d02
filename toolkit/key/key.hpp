// SPDX-License-Identifier: MIT
// `mbpf key`: the keys that sign what goes to devices.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::key {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::key
