// SPDX-License-Identifier: MIT
// Whether a device with the standard helpers would accept a program at all: with every helper
// granted and the limits of the build. For verbs that tell it by the way.
#pragma once

#include <string>

#include "mbpf/verifier/verifier.hpp"
#include "toolkit/input/input.hpp"

namespace mbpf::toolkit::verify {

[[nodiscard]] Result<verifier::VerifiedProgram> check(program::Program const& program);

// "a.c:7, slot 3: this is no instruction of RFC 9669"
[[nodiscard]] std::string short_text(Error const& error, input::Input const& input);

}  // namespace mbpf::toolkit::verify
