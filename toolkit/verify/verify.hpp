// SPDX-License-Identifier: MIT
// `mbpf verify`: whether a device would accept a program, and what it would take.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::verify {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::verify
