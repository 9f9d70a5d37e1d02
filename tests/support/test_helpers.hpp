// SPDX-License-Identifier: MIT
// Helpers for the tests of the machine and the engines: runner/signatures.hpp, and a model of each
// for the reference interpreter.
#pragma once

#include <cstdint>
#include <map>

#include "mbpf/machine/machine.hpp"
#include "runner/signatures.hpp"
#include "tests/support/reference.hpp"

namespace mbpf::test {

using TestHelper = runner::Signature;

[[nodiscard]] machine::HelperTable test_helpers();
[[nodiscard]] std::map<std::uint32_t, GuestHelper> const& test_helper_models();

}  // namespace mbpf::test
