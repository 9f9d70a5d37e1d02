// SPDX-License-Identifier: MIT
// The ways into compiled code, and from it to serve().
#pragma once

#include "mbpf/interpreter/slow.hpp"
#include "mbpf/jit/jit.hpp"
#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

#if defined(__thumb2__)
// Where compiled code calls for help, and what enter() calls if a run ends in debt.
void gate();
void settle_gate();
#endif

// What was written as data is fetched as instructions from now on (Armv7-M ARM, A3.8.4).
void publish_code();

// Compiled code starts with the context in r0, its length in r1, the fuel in r2, the program's own
// memory in r4, and a Run at sp. It keeps nothing for who called but sp, and goes where Run says.
// r7 may be the frame pointer of who compiles this, who could not give it away.
template <bool has_windows>
[[gnu::always_inline]] inline void enter(std::uint32_t function, Code const& code, Budget budget,
                                         machine::Outcome& outcome, QuickWindows const* windows) {
#if defined(__thumb2__)
    // What a register holds may not survive a call: so all is there before.
    std::uint32_t const context = code.instance->context().base;
    std::uint32_t const context_bytes = code.instance->context().bytes;
    std::uint32_t const own = code.instance->own().base;
    std::uint32_t const granted = interpreter::next_grant(budget.instructions);
    machine::TrapReport* const report = &outcome.report;
    register std::uint32_t r0 asm("r0") = context;
    register std::uint32_t r1 asm("r1") = context_bytes;
    register std::uint32_t r2 asm("r2") = granted;
    register std::uint32_t r3 asm("r3") = budget.instructions;
    register std::uint32_t r4 asm("r4") = own;
    register machine::TrapReport* r5 asm("r5") = report;
    register Code const* r6 asm("r6") = &code;
    register auto r8 asm("r8") = &gate;
    register QuickWindows const* r9 asm("r9") = windows;
    register std::uint32_t r12 asm("r12") = function;
    asm volatile(
        "1: mov lr, pc\n\t"
        "add.w lr, lr, %c[back]\n\t"
        "push.w {r2, r3, r5, r6, r7, r8, lr}\n\t"
        "sub.n sp, %c[granted_at]\n\t"
        ".if %c[has_windows]\n\t"
        "ldm.w r9, {r3, r5, r6, r8}\n\t"
        "strd r3, r5, [sp, %c[readable_at]]\n\t"
        "strd r6, r8, [sp, %c[writable_at]]\n\t"
        ".endif\n\t"
        "bx r12\n"
        "0: .if 0b - 1b - 3 - %c[back]\n\t"  // Of Thumb code, and what MOV reads is 4 behind it.
        ".error \"the way back is elsewhere\"\n\t"
        ".endif\n\t"
        "mov r3, lr\n\t"
        "cmp r2, #0\n\t"
        "it mi\n\t"
        "blmi %c[settle]\n\t"
        "ldr r3, [sp, %c[granted_at]]\n\t"
        "ldr r7, [sp, %c[kept_at]]\n\t"
        "add sp, %c[run_bytes]"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r8), "+r"(r9),
          "+r"(r12)
        : [settle] "i"(&settle_gate), [back] "i"(has_windows ? 23 : 11),
          [granted_at] "i"(granted_at), [has_windows] "i"(has_windows ? 1 : 0),
          [readable_at] "i"(readable_at), [writable_at] "i"(writable_at), [kept_at] "i"(kept_at),
          [run_bytes] "i"(run_bytes)
        : "r10", "r11", "lr", "cc", "memory"
#if defined(__ARM_FP)  // Of helpers, which are called from there (AAPCS32 6.1.2).
          ,
          "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13",
          "s14", "s15"
#endif
    );
    std::uint32_t const low = r0;
    std::uint32_t const high = r1;
    std::uint32_t const left = r2;
    std::uint32_t const in_all = r3;
    outcome.result = low | std::uint64_t{high} << 32;
    outcome.instructions = in_all - left;
#else
    (void)function, (void)code, (void)budget, (void)outcome, (void)windows;
#endif
}

}  // namespace mbpf::jit
