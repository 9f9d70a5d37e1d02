// SPDX-License-Identifier: MIT
// C to an eBPF object with the clangs that this machine has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/unit/program/support/buffer.hpp"

namespace mbpf::test {

// Names of clangs with a bpf target: MBPF_CLANG, and any version on the PATH.
[[nodiscard]] std::vector<std::string> clangs();
// Whether `tool` is on the PATH.
[[nodiscard]] bool has_tool(std::string const& tool);

// The object, or nothing if the compiler refuses; its messages go to stderr.
[[nodiscard]] std::optional<Buffer> compile(std::string const& clang, std::string const& source,
                                            std::vector<std::string> const& flags);
// What `llvm-strip <flags>` makes of an object.
[[nodiscard]] std::optional<Buffer> strip(std::string const& tool, Buffer const& object,
                                          std::vector<std::string> const& flags);

}  // namespace mbpf::test
