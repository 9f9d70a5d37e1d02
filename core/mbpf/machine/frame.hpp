// SPDX-License-Identifier: MIT
// Memory of one program: saved frames, stack, data.
//
//   +--------------------+ memory, 8-aligned
//   | saved frames       |  one SavedFrame per local call; out of the program's reach
//   | padding            |
//   +--------------------+ region 0 starts
//   | stack              |  depth * frame_bytes; r10 starts at its end and moves down
//   +--------------------+ r10 of the entry function, 16-aligned
//   | data, bss          |
//   +--------------------+
//
// A stack overflow runs into the saved frames, which lie outside region 0, and traps.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/isa/isa.hpp"

namespace mbpf::machine {

inline constexpr std::uint32_t memory_alignment = 8;
// Of r10 in every function, and so of data. Compilers rely on it: they make addresses in a variable
// that is aligned to 16 with OR (S128 in the data layout of LLVM's BPF target).
inline constexpr std::uint32_t stack_alignment = 16;

// What a local call saves (RFC 9669 says r6-r9 and r10 survive a call).
struct SavedFrame {
    std::uint64_t saved[isa::saved_register_count];
    std::uint64_t call_address;  // Of the call in the text; the run goes on behind it.
};

// How a program uses the stack; computed by the verifier, or bounded by its policy.
struct StackPlan {
    std::uint16_t frame_bytes{};  // What r10 moves by at a local call, and so a multiple of 16
                                  // if there are any; otherwise of 8.
    std::uint8_t depth{1};        // Functions on the stack at once, the entry included.
    bool may_recurse{};           // Else there are never more.

    [[nodiscard]] constexpr std::uint32_t stack_bytes() const {
        return std::uint32_t(frame_bytes) * depth;
    }
    [[nodiscard]] constexpr std::uint32_t saved_bytes() const {
        return std::uint32_t(depth - 1) * std::uint32_t(sizeof(SavedFrame));
    }
};

}  // namespace mbpf::machine
