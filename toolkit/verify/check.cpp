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
    return (problem.slot ? fmt::format("slot {}: ", *problem.slot) : "") + problem.reason;
}

}  // namespace mbpf::toolkit::verify
