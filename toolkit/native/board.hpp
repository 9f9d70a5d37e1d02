// SPDX-License-Identifier: MIT
// The emulated board's own answer to what it makes of a program.
#pragma once

#include "toolkit/native/native.hpp"
#include "toolkit/run/job.hpp"

namespace mbpf::toolkit::native {

struct OnBoard {
    runner::Placement placement;
    std::vector<std::byte> code;
};

// Boots the board. Throws a Failure if it cannot, or if the board refuses the program.
[[nodiscard]] OnBoard ask_board(run::Job const& job);

}  // namespace mbpf::toolkit::native
