// SPDX-License-Identifier: MIT
// There is no VerifiedProgram of no program.
// EXPECT: VerifiedProgram
#include "mbpf/verifier/verifier.hpp"

mbpf::verifier::VerifiedProgram const nothing;
