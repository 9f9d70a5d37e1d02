// SPDX-License-Identifier: MIT
// Line information of an ELF object: sections .BTF and .BTF.ext, which clang -g writes for eBPF.
// BTF holds the text of each line too, so that no source file is needed to show it. Format: Linux
// kernel documentation, "BPF Type Format", section 4. Input is not trusted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::source {

struct BtfLine {
    std::string section;     // Name of the program section.
    std::uint32_t offset{};  // Of the instruction, in bytes.
    std::string file;
    std::string text;
    std::uint32_t line{};
};

// Records in the order of the file. What is malformed is left out: lines are a convenience.
[[nodiscard]] std::vector<BtfLine> read_btf_lines(Bytes btf, Bytes btf_ext);

}  // namespace mbpf::toolkit::source
