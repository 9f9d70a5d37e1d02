// SPDX-License-Identifier: MIT
#include "mbpf/jit/gate.hpp"

namespace mbpf::jit {

#if defined(__thumb2__)

extern "C" {
[[gnu::used]] std::uint32_t mbpf_jit_serve(Run& run, CoreRegisters& core) {
    return serve(run, core) ? 1 : 0;
}
}

namespace {

// In with every register of the core, and back with them; or to the caller of enter().
[[gnu::naked]] void gate() {
    asm volatile(
        "push {r0-r12, lr}\n\t"
        "add r0, sp, #56\n\t"
        "mov r1, sp\n\t"
        "bl mbpf_jit_serve\n\t"
        "cbz r0, 1f\n\t"
        "pop {r0-r12, pc}\n\t"
        "1: add sp, #264\n\t"
        "pop {r3-r11, pc}");
}

}  // namespace

static_assert(run_bytes == 208 && entered == 0x8ff8);

std::uint32_t gate_address() { return std::uint32_t(reinterpret_cast<std::uintptr_t>(&gate)); }

void publish_code() { asm volatile("dsb\n\tisb" ::: "memory"); }

// Compiled code returns to where this was called.
[[gnu::naked]] void enter(Start& /*r0*/, std::uint32_t /*r1*/) {
    asm volatile(
        "push {r3-r11, lr}\n\t"
        "sub sp, #208\n\t"
        "bx r1");
}

#else

std::uint32_t gate_address() { return 0; }
void publish_code() {}
void enter(Start&, std::uint32_t) {}

#endif

}  // namespace mbpf::jit
