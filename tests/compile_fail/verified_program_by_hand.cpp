// SPDX-License-Identifier: MIT
// Only the verifier makes a VerifiedProgram.
// EXPECT: private
#include "mbpf/verifier/verifier.hpp"

mbpf::verifier::VerifiedProgram forge(mbpf::program::Program const& program) {
    return mbpf::verifier::VerifiedProgram{program, mbpf::machine::StackPlan{}};
}
