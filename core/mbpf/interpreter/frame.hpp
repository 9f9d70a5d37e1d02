// SPDX-License-Identifier: MIT
// What one run of the interpreter keeps, on the C stack of run().
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/isa/isa.hpp"
#include "mbpf/machine/machine.hpp"

namespace mbpf::interpreter {

// The range in which the last access of its kind was allowed. Never narrower than the widest
// access, so that `bytes - size` cannot wrap.
inline constexpr std::uint32_t narrowest_window = 8;

struct Window {
    std::uintptr_t base;
    std::uintptr_t bytes;
};

// Has no initializers: run() sets every member, once; the runs of many programs are short.
struct Frame {
    std::uint64_t registers[isa::register_count];  // First: state_pinned.hpp counts on it.
    std::byte const* pc;
    std::uintptr_t limit;  // See "Budgeting" in state.hpp.
    Window readable;
    Window writable;
    machine::Instance* instance;
    machine::HelperTable helpers;
    machine::SavedFrame* saved;  // Next free.
    std::uint32_t depth;         // Functions on the stack.
    std::uint32_t budget_left;   // Instructions not yet granted to `limit`; or branches.
    machine::TrapReport* report;
    bool counts_branches;  // Not instructions: `limit` is behind, so that each jump asks for more.
    bool running;          // Only the portable state looks at it.
};

}  // namespace mbpf::interpreter
