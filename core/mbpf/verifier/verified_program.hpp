// SPDX-License-Identifier: MIT
// The only thing an engine accepts. Minted by verify(), never by hand.
#pragma once

#include "mbpf/machine/machine.hpp"
#include "mbpf/program/program.hpp"

namespace mbpf::verifier {

struct Policy;

class VerifiedProgram {
public:
    [[nodiscard]] program::Program const& program() const { return program_; }
    [[nodiscard]] isa::Text text() const { return program_.text; }
    [[nodiscard]] machine::StackPlan plan() const { return plan_; }

    // Whether the load, store or atomic at `pc` must be checked when it runs. False: it is proved
    // to lie inside region 0. Today that is every access at a constant distance below r10.
    [[nodiscard]] bool needs_check(Pc pc) const;

private:
    friend Result<VerifiedProgram> verify(program::Program const& program,
                                          machine::HelperTable helpers, Policy const& policy);
    VerifiedProgram(program::Program const& program, machine::StackPlan plan)
        : program_{program}, plan_{plan} {}

    program::Program program_;
    machine::StackPlan plan_;
};

static_assert(sizeof(void*) != 4 || config::max_regions > 8 ||
                  sizeof(VerifiedProgram) + sizeof(machine::Instance) <= 256,
              "RAM per loaded program, besides its image, stack and data");

}  // namespace mbpf::verifier
