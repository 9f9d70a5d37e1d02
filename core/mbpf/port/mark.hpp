// SPDX-License-Identifier: MIT
// Tells an observer of the core's instructions, such as bench/plugin, where something starts and
// ends: hints that do nothing (Armv7-M ARM, "DBG").
#pragma once

namespace mbpf::port {

inline void mark_start() {
#if defined(__thumb2__)
    asm volatile("dbg #1" ::: "memory");
#endif
}

inline void mark_end() {
#if defined(__thumb2__)
    asm volatile("dbg #2" ::: "memory");
#endif
}

}  // namespace mbpf::port
