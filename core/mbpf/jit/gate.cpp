// SPDX-License-Identifier: MIT
#include "mbpf/jit/gate.hpp"

#include "mbpf/jit/target.hpp"

namespace mbpf::jit {

#if defined(__thumb2__)

extern "C" {
[[gnu::used]] void mbpf_jit_serve(Run& run, CoreRegisters& core) { serve(run, core); }
}

namespace {

// In with every register of the core, and back with them.
[[gnu::naked]] void gate() {
    asm volatile(
        "push {r0-r12, lr}\n\t"
        "add r0, sp, #56\n\t"
        "mov r1, sp\n\t"
        "bl mbpf_jit_serve\n\t"
        "pop {r0-r12, pc}");
}

}  // namespace

std::uint32_t gate_address() { return std::uint32_t(reinterpret_cast<std::uintptr_t>(&gate)); }

void publish_code() { asm volatile("dsb\n\tisb" ::: "memory"); }

#else

std::uint32_t gate_address() { return 0; }
void publish_code() {}

#endif

}  // namespace mbpf::jit
