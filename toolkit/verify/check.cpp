// SPDX-License-Identifier: MIT
#include "toolkit/verify/check.hpp"

#include <fmt/format.h>

#include "toolkit/place/place.hpp"

namespace mbpf::toolkit::verify {

Result<verifier::VerifiedProgram> check(program::Program const& program) {
    verifier::Policy policy;
    policy.granted = machine::HelperSet::all();
    return verifier::verify(program, place::helper_table(runner::Suite::Standard), policy);
}

std::string short_text(Error const& error, input::Input const& input) {
    Problem const problem = explain::describe(error, input.subject());
    std::string const line =
        problem.line ? fmt::format("{}:{}, ", problem.line->file, problem.line->number) : "";
    return (problem.slot ? fmt::format("{}slot {}: ", line, *problem.slot) : "") + problem.reason;
}

}  // namespace mbpf::toolkit::verify
