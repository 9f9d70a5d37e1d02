// SPDX-License-Identifier: MIT
// Door of the JIT: verified bytecode to Thumb-2 code in memory of the caller, for Armv7-M and
// Armv8-M mainline. Depends on interpreter, whose slow paths it shares.
#pragma once

#include "mbpf/interpreter/interpreter.hpp"
#include "mbpf/jit/homes.hpp"
#include "mbpf/jit/target.hpp"

namespace mbpf::jit {

// Whether this core runs what compile() makes. (Any core can make it.) With MBPF_NO_JIT, nothing of
// the container runtime asks for it.
#if defined(__thumb2__) && !defined(MBPF_NO_JIT)
inline constexpr bool is_native = true;
#else
inline constexpr bool is_native = false;
#endif

// Bytes of workspace, 8-aligned, that are enough for what compilers make of `slots`. A program with
// more jumps is refused, and the refusal says how many bytes would do.
[[nodiscard]] std::size_t scratch_bytes(std::uint32_t slots);

// What compile() made: valid while its memory, the bytecode and the instance live.
struct Code {
    WritableBytes memory;       // The part that was used: instructions, and sites.
    std::uint16_t entry{};      // Where the code of the first entry starts, in halfwords,
    std::uint16_t entries{};    // and where a u16 for each other one says where its code does.
    std::uint16_t leave{};      // Where a run goes that ends, in halfwords,
    std::uint16_t only_exit{};  // and from which slot, or no_only_exit if there are several.
    Bytes sites;
    Homes homes;
    ContextNeeds context_needs;
    WindowBytes window_bytes;
    std::byte const* text{};  // Or, if it is dropped, what services look at of it.
    machine::Instance* instance{};
    bool is_text_dropped{};
};

// Compiles for `instance`, which was prepared for this program: its addresses are in the code.
// `code` is 8-aligned. Faults: MemoryTooSmall, of code or workspace (found: bytes there; allowed:
// bytes needed); CodeTooLong.
[[nodiscard]] Result<Code> compile(verifier::VerifiedProgram const& program,
                                   machine::Instance& instance, WritableBytes code,
                                   WritableBytes workspace, Target const& target = {});

// Runs entry number `entry` of the program. As interpreter::run(), but the budget is looked at
// where loops and called functions start, and where the program ends, and is at most longest_run
// (SPEC.md, "Budget"). What the code was not compiled for is interpreted: a context that is shorter
// or less writable than it takes for granted, and regions at the ends of memory.
[[nodiscard]] machine::Outcome run(Code const& code, verifier::VerifiedProgram const& program,
                                   machine::Instance& instance, std::uint32_t entry, Budget budget);

// For who wants the memory of the bytecode back: what services look at of it is copied behind the
// code, and no run with what this returns looks at the text again, nor at anything else of the
// program but its rodata. Such code is never interpreted instead: run() ends with Trap::Illegal
// where it would be. Everything else stays as it was, slots of traps too. `memory` starts where
// code.memory does. Fault: MemoryTooSmall.
[[nodiscard]] Result<Code> drop_text(Code const& code, verifier::VerifiedProgram const& program,
                                     WritableBytes memory);

}  // namespace mbpf::jit
