// SPDX-License-Identifier: MIT
// One line from instructions to what the verifier says of them.
#pragma once

#include "mbpf/verifier/verifier.hpp"
#include "tests/support/assembler.hpp"

namespace mbpf::test {

// Every helper granted, recursion refused.
[[nodiscard]] verifier::Policy generous_policy();

// What the verifier finds wrong with a bare text; Fault::None if it accepts it. The helpers are
// those of test_helpers.hpp.
[[nodiscard]] Error verify_error(Code const& code);
[[nodiscard]] Error verify_error(Code const& code, verifier::Policy const& policy);
[[nodiscard]] Error verify_error(program::Program const& program, verifier::Policy const& policy);

// The stack plan of a text that must be acceptable.
[[nodiscard]] machine::StackPlan plan_of(Code const& code);
[[nodiscard]] machine::StackPlan plan_of(Code const& code, verifier::Policy const& policy);

}  // namespace mbpf::test
