// SPDX-License-Identifier: MIT
#include "tests/support/verify.hpp"

#include <stdexcept>
#include <string>

#include "tests/support/names.hpp"
#include "tests/support/test_helpers.hpp"

namespace mbpf::test {

verifier::Policy generous_policy() { return {.granted = machine::HelperSet::all()}; }

Error verify_error(program::Program const& program, verifier::Policy const& policy) {
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(program, test_helpers(), policy);
    return verified.has_value() ? Error{} : verified.error();
}

Error verify_error(Code const& code, verifier::Policy const& policy) {
    std::vector<std::byte> const text = bytes_of(code);
    program::Program program;
    program.text = isa::Text{text};
    return verify_error(program, policy);
}

Error verify_error(Code const& code) { return verify_error(code, generous_policy()); }

machine::StackPlan plan_of(Code const& code, verifier::Policy const& policy) {
    std::vector<std::byte> const text = bytes_of(code);
    program::Program program;
    program.text = isa::Text{text};
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(program, test_helpers(), policy);
    if (!verified.has_value()) {
        throw std::invalid_argument{"refused: " + std::string{name_of(verified.error().fault)}};
    }
    return verified->plan();
}

machine::StackPlan plan_of(Code const& code) { return plan_of(code, generous_policy()); }

}  // namespace mbpf::test
