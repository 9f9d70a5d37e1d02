// SPDX-License-Identifier: MIT
// An engine takes nothing that was not verified.
// EXPECT: VerifiedProgram
#include "mbpf/interpreter/interpreter.hpp"

mbpf::machine::Outcome run(mbpf::program::Program const& program,
                           mbpf::machine::Instance& instance) {
    return mbpf::interpreter::run(program, instance, mbpf::Pc{0}, mbpf::Budget{100});
}
