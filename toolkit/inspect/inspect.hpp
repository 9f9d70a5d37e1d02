// SPDX-License-Identifier: MIT
// `mbpf inspect`: what a program file holds, asks for and needs.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::inspect {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::inspect
