// SPDX-License-Identifier: MIT
// Linking and opening in one step, and what tests ask of a program.
#pragma once

#include <string>
#include <vector>

#include "mbpf/program/program.hpp"
#include "tests/unit/program/support/buffer.hpp"

namespace mbpf::test {

// An image and the view of it.
struct Linked {
    Buffer image;
    program::Program program;
};

// Fails the current test if `object` does not link to an image that opens.
[[nodiscard]] Linked link(Bytes object, program::LinkOptions const& options = {});

// Fault of linking `object`.
[[nodiscard]] Error link_error(Bytes object, program::LinkOptions const& options = {});

[[nodiscard]] std::vector<std::string> names_of(program::Entries const& entries);
[[nodiscard]] std::vector<std::uint32_t> slots_of(program::Entries const& entries);
[[nodiscard]] std::vector<std::uint32_t> helpers_of(program::Program const& program);

}  // namespace mbpf::test
