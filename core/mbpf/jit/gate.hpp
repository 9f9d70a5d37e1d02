// SPDX-License-Identifier: MIT
// The ways into compiled code, and from it to serve().
#pragma once

#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

// What was written as data is fetched as instructions from now on (Armv7-M ARM, A3.8.4).
void publish_code();

// How a run was left, in r0 to r2 (AAPCS32 6.5: a vector of four words): both halves of r0 of the
// program, and the instructions left of those granted.
using Left = std::uint32_t __attribute__((vector_size(16)));

// Compiled code, as a function. Also where vectors go to registers of a floating-point unit.
using CodeArguments = Left(std::uint32_t context, std::uint32_t context_bytes, std::int32_t fuel,
                           Start& start);
#if defined(__arm__)
using EntryCode [[gnu::pcs("aapcs")]] = CodeArguments;
#else
using EntryCode = CodeArguments;
#endif

// The compiled code at `address`.
[[nodiscard]] inline EntryCode* entry_at(std::uint32_t address) {
    return reinterpret_cast<EntryCode*>(std::uintptr_t{address} + 1);  // Odd: Thumb.
}

}  // namespace mbpf::jit
