// SPDX-License-Identifier: MIT
#include "mbpf/jit/gate.hpp"

#include "mbpf/jit/target.hpp"

namespace mbpf::jit {

#if defined(__thumb2__)

extern "C" {
[[gnu::used]] void mbpf_jit_serve(Run& run, CoreRegisters& core) { serve(run, core); }
[[gnu::used]] void mbpf_jit_divide(std::uint64_t* words, std::uint32_t what) {
    divide(words, what);
}
}

namespace {

// In with every register of the core, and back with them. At divide_gate, in with what a function
// may change, and back behind the halfword that says what to divide.
[[gnu::naked]] void gate() {
    asm volatile(
        "0: push {r0-r12, lr}\n\t"
        "add r0, sp, #56\n\t"
        "mov r1, sp\n\t"
        "bl mbpf_jit_serve\n\t"
        "pop {r0-r12, pc}\n\t"
        ".org 0b + %c0\n\t"
        "push {r0-r3, r12, lr}\n\t"
        "ldrh r1, [lr, #-1]\n\t"
        "add lr, lr, #2\n\t"
        "str lr, [sp, #20]\n\t"
        "add r0, sp, #24\n\t"
        "bl mbpf_jit_divide\n\t"
        "pop {r0-r3, r12, pc}" ::"i"(divide_gate));
}

}  // namespace

std::uint32_t gate_address() { return std::uint32_t(reinterpret_cast<std::uintptr_t>(&gate)); }

void publish_code() { asm volatile("dsb\n\tisb" ::: "memory"); }

#else

std::uint32_t gate_address() { return 0; }
void publish_code() {}

#endif

}  // namespace mbpf::jit
