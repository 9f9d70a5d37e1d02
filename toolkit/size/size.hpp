// SPDX-License-Identifier: MIT
// `mbpf size`: the bytes that a program takes on a device, before it is there.
#pragma once

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::size {

void add_verb(CLI::App& app, Session& session);

}  // namespace mbpf::toolkit::size
