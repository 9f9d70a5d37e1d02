// SPDX-License-Identifier: MIT
// `mbpf device`: starts and stops devices on this PC, and asks and tells any device about itself.
#pragma once

#include <string>

#include "toolkit/cli.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::device {

void add_verb(CLI::App& app, Session& session);

// Adds --device to a verb.
void add_option(CLI::App& verb, std::string& device);

// Of add_verb(): start, stop, rm, ls, use; and info, ping, policy, set.
void add_life_verbs(CLI::App& verb);
void add_question_verbs(CLI::App& verb);

}  // namespace mbpf::toolkit::device
