// SPDX-License-Identifier: MIT
// A second flow of control with a stack of its own, entered and left by name: how a run is put
// aside for others without an operating system. Nothing preempts; a switch costs some twenty
// instructions.
#pragma once

#include "mbpf/base/base.hpp"

namespace mbpf::port {

// Whether this core has an implementation.
#if defined(__arm__) || (defined(__x86_64__) && defined(__linux__))
inline constexpr bool has_fibers = true;
#else
inline constexpr bool has_fibers = false;
#endif

class Fiber {
public:
    using Entry = void (*)(void* argument);

    // Makes the next switch to this fiber call `entry` on `stack` (8-aligned). `entry` must not
    // return: its last act is to switch away for good.
    void prepare(WritableBytes stack, Entry entry, void* argument);

    // Goes on in `to`, until somebody switches back. `*this` is the flow that calls.
    void switch_to(Fiber& to);

private:
    void* stack_pointer_ = nullptr;
};

}  // namespace mbpf::port
