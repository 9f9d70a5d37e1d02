// SPDX-License-Identifier: MIT
// A budget counts instructions: it is no bare number.
// EXPECT: Budget
#include "mbpf/interpreter/interpreter.hpp"

mbpf::machine::Outcome run(mbpf::verifier::VerifiedProgram const& program,
                           mbpf::machine::Instance& instance) {
    return mbpf::interpreter::run(program, instance, mbpf::Pc{0}, 1000);
}
