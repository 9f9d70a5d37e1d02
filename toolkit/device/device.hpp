// SPDX-License-Identifier: MIT
// `mbpf device`: starts and stops devices on this PC, and asks and tells any device about itself.
#pragma once

#include <CLI/CLI.hpp>

#include "toolkit/session.hpp"

namespace mbpf::toolkit::device {

void add_verb(CLI::App& app, Session& session);

// Of add_verb(): start, stop, rm, ls, use; and info, ping, policy, set.
void add_life_verbs(CLI::App& verb);
void add_question_verbs(CLI::App& verb);

}  // namespace mbpf::toolkit::device
