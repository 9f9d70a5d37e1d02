// SPDX-License-Identifier: MIT
// `mbpf start`, `mbpf stop` and `mbpf rm`: signed commands about a container.
#pragma once

#include "toolkit/cli.hpp"

namespace mbpf::toolkit::control {

void add_verbs(CLI::App& app);

}  // namespace mbpf::toolkit::control
