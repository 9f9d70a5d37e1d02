// SPDX-License-Identifier: MIT
// Memory that is written, then executed, and never both at a time: the one place where bytes become
// code.
#pragma once

#include "mbpf/base/base.hpp"

namespace mbpf::port {

// Between `open` and `seal` the memory may be written and not executed, otherwise executed and not
// written. Sealing makes what was written visible to instruction fetches: cleans and invalidates
// caches, DSB, ISB (Armv7-M ARM, A3.7.3, "Synchronization requirements" and B2.2.7; Armv8-M ARM,
// "Ordering of cache and branch predictor maintenance"). A platform without memory protection does
// that much, and leaves the memory writable.
struct CodeMemory {
    WritableBytes memory;
    void* context{};                               // Of the functions.
    void (*open)(void* context){};                 // All that was code before is gone.
    void (*seal)(void* context, Bytes written){};  // `written`: the part that will be executed.
};

}  // namespace mbpf::port
