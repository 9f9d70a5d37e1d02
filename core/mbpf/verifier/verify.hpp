// SPDX-License-Identifier: MIT
// The verifier's two questions: may this program run, and is all of it needed.
#pragma once

#include "mbpf/verifier/policy.hpp"
#include "mbpf/verifier/verified_program.hpp"

namespace mbpf::verifier {

// Checks every structural rule of SPEC.md, "Verification", in slot order, and plans the stack.
// `helpers` are those that exist on the device; a program that calls one which policy.granted (or
// its own rights) leaves out is refused. Error::where is a slot for instruction faults.
[[nodiscard]] Result<VerifiedProgram> verify(program::Program const& program,
                                             machine::HelperTable helpers, Policy const& policy);

// Bytes of scratch that refuse_dead_code() needs for a text of `slots`.
[[nodiscard]] constexpr std::size_t scratch_bytes(std::uint32_t slots) { return (slots + 7) / 8; }

// For embedders whose policy is that every instruction can be reached from an entry: dead code is
// as harmless as any other, but a place to hide things from a reader. Faults: Unreachable with the
// first dead slot; MemoryTooSmall.
[[nodiscard]] Result<void> refuse_dead_code(VerifiedProgram const& verified, WritableBytes scratch);

}  // namespace mbpf::verifier
