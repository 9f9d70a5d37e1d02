// SPDX-License-Identifier: MIT
// The rows of tests/vectors/opcodes.csv, the opcode registry of RFC 9669 as a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mbpf::test {

struct RegistryRow {
    std::uint8_t opcode{};
    // Nothing: any value.
    std::optional<std::int32_t> src;
    std::optional<std::int32_t> offset;
    std::optional<std::int32_t> imm;
    std::string group;
};

[[nodiscard]] std::vector<RegistryRow> const& opcode_registry();

}  // namespace mbpf::test
