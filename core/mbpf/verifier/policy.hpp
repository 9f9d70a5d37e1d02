// SPDX-License-Identifier: MIT
// What an embedder lets programs do.
#pragma once

#include <cstdint>

#include "mbpf/machine/machine.hpp"

namespace mbpf::verifier {

enum class Recursion : std::uint8_t { Refused, Allowed };

struct Policy {
    machine::HelperSet granted{};
    std::uint32_t max_stack_bytes = config::max_frame_bytes * config::max_call_depth;
    std::uint8_t max_call_depth = config::max_call_depth;  // At most config::max_call_depth.
    Recursion recursion = Recursion::Refused;  // Allowed: every call is bounded at run time.
};

}  // namespace mbpf::verifier
