// SPDX-License-Identifier: MIT
// `mbpf disasm`: the instructions of a program, and the C lines they came from.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::disasm {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::disasm
