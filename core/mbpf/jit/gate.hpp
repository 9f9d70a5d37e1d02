// SPDX-License-Identifier: MIT
// The ways into compiled code, and from it to serve().
#pragma once

#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

// What was written as data is fetched as instructions from now on (Armv7-M ARM, A3.8.4).
void publish_code();

// The compiled code at `address`.
[[nodiscard]] inline EntryCode* entry_at(std::uint32_t address) {
    return reinterpret_cast<EntryCode*>(std::uintptr_t{address} + 1);  // Odd: Thumb.
}

}  // namespace mbpf::jit
