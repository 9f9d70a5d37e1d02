// SPDX-License-Identifier: MIT
// Door of the JIT: verified bytecode to Thumb-2 code in memory of the caller, for Armv7-M and
// Armv8-M mainline. Depends on interpreter, whose slow paths it shares.
#pragma once

#include "mbpf/interpreter/interpreter.hpp"

namespace mbpf::jit {

// Whether this core runs what compile() makes. (Any core can make it.)
#if defined(__thumb2__)
inline constexpr bool is_native = true;
#else
inline constexpr bool is_native = false;
#endif

// Bytes of scratch that compile() wants for a text of `slots`. 8-aligned.
[[nodiscard]] std::size_t scratch_bytes(std::uint32_t slots);

// What compile() made: valid while its memory, the bytecode and the instance live.
struct Code {
    WritableBytes memory;  // The part that was used.
    Bytes entry_offsets;   // u16 per entry of the program: where its code starts, in halfwords.
};

// Compiles for `instance`, which was prepared for this program: its addresses are in the code.
// `code` is 8-aligned; entries are written to its end. Faults: MemoryTooSmall (found: bytes there;
// allowed: bytes needed), TooManyFunctions (more blocks than scratch has room for).
[[nodiscard]] Result<Code> compile(verifier::VerifiedProgram const& program,
                                   machine::Instance const& instance, WritableBytes code,
                                   WritableBytes scratch);

// Runs entry number `entry` of the program. As interpreter::run(), but the budget is looked at
// where loops start, functions start and end (SPEC.md, "Budget").
[[nodiscard]] machine::Outcome run(Code const& code, verifier::VerifiedProgram const& program,
                                   machine::Instance& instance, std::uint32_t entry, Budget budget);

}  // namespace mbpf::jit
