// SPDX-License-Identifier: MIT
// Door of the interpreter: runs a VerifiedProgram where its bytecode lies, in flash or RAM.
// Depends on verifier, machine, program, isa and base.
#pragma once

#include "mbpf/interpreter/config.hpp"
#include "mbpf/machine/machine.hpp"
#include "mbpf/verifier/verifier.hpp"

namespace mbpf::interpreter {

// Runs from `entry` until it returns or traps. `instance` was prepared for this program.
// The budget is exact to one straight-line stretch: it is tested at each taken jump, local call
// and exit (SPEC.md, "Budget").
[[nodiscard]] machine::Outcome run(verifier::VerifiedProgram const& program,
                                   machine::Instance& instance, Pc entry, Budget budget);

// The same, ended by the jump or local call that is one too many. Outcome::instructions tells how
// many there were.
[[nodiscard]] machine::Outcome run(verifier::VerifiedProgram const& program,
                                   machine::Instance& instance, Pc entry, Branches branches);

// Rewrites verified bytecode in RAM so that run() is faster: only opcode bytes change, to codes
// outside RFC 9669, and restore() brings back every byte. `text` is the memory that
// program.text() views.
void accelerate(verifier::VerifiedProgram const& program, WritableBytes text);
void restore(WritableBytes text);

}  // namespace mbpf::interpreter
