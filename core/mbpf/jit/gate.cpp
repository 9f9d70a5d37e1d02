// SPDX-License-Identifier: MIT
#include "mbpf/jit/gate.hpp"

namespace mbpf::jit {

#if defined(__thumb2__)

extern "C" {
[[gnu::used]] void mbpf_jit_serve(Run& run, CoreRegisters& core) { serve(run, core); }
[[gnu::used]] void mbpf_jit_settle(Run& run, Left& left) { settle_debt(run, left); }
[[gnu::used]] void mbpf_jit_divide(std::uint64_t* words, std::uint32_t what) {
    divide(words, what);
}
}

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

// With Run at sp, and Left in r0 to r3; back with what they are then. The stack stays aligned.
[[gnu::naked]] void settle_gate() {
    asm volatile(
        "push {r0-r4, lr}\n\t"
        "add r0, sp, #24\n\t"
        "mov r1, sp\n\t"
        "bl mbpf_jit_settle\n\t"
        "pop {r0-r4, pc}");
}

void publish_code() { asm volatile("dsb\n\tisb" ::: "memory"); }

#else

void publish_code() {}

#endif

}  // namespace mbpf::jit
