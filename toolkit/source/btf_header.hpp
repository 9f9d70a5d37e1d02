// SPDX-License-Identifier: MIT
// The parts of section .BTF (Linux kernel documentation, "BPF Type Format", section 2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::source {

inline constexpr std::uint16_t btf_magic = 0xeb9f;

struct BtfParts {
    Bytes types;
    Bytes strings;
};

// Nothing if it is no BTF, or claims more than there is.
[[nodiscard]] std::optional<BtfParts> read_btf_parts(Bytes btf);

// What a header of `header_bytes` says lies at `offset` behind it, or nothing.
[[nodiscard]] std::optional<Bytes> btf_part(Bytes all, std::uint32_t header_bytes,
                                            std::uint32_t offset, std::uint32_t bytes);

// Up to its NUL, or the end of the strings.
[[nodiscard]] std::string btf_text(Bytes strings, std::uint32_t offset);

}  // namespace mbpf::toolkit::source
