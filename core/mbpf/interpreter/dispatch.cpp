// SPDX-License-Identifier: MIT
// The table of handlers. Compile with optimisation: with pinned registers a handler goes to the
// next by a tail call, which GCC makes from -O2 on.

// First: it must precede every function.
#include "mbpf/interpreter/pinned_registers.hpp"

#ifdef MBPF_PINNED_REGISTERS
// GCC 12 would keep what a branch taught it about a value in a register of its own, and a handler
// has five: without this pass the handlers are 2 % faster and smaller.
#pragma GCC optimize("no-tree-dominator-opts")
#endif

#include "mbpf/interpreter/engine.hpp"
#include "mbpf/interpreter/table.hpp"

namespace mbpf::interpreter {

namespace {

#ifdef MBPF_PINNED_REGISTERS
constexpr auto handlers = Table<>::build();
#else
constexpr auto handlers = Table<Frame>::build();
#endif

}  // namespace

void execute(Frame& frame) { run_handlers(frame, handlers.data()); }

}  // namespace mbpf::interpreter
