// SPDX-License-Identifier: MIT
// What run() asks of dispatch.cpp, which has registers of its own.
#pragma once

#include "mbpf/interpreter/frame.hpp"

namespace mbpf::interpreter {

// Runs from frame.pc until the program returns or traps; frame.pc is then where.
void execute(Frame& frame);

}  // namespace mbpf::interpreter
