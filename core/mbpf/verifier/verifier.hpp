// SPDX-License-Identifier: MIT
// Door of the verifier layer: Program -> VerifiedProgram, or the slot that is wrong and why.
// Depends on machine, program, isa and base. Linear time, no heap, no recursion.
#pragma once

#include "mbpf/verifier/policy.hpp"
#include "mbpf/verifier/verified_program.hpp"
#include "mbpf/verifier/verify.hpp"
