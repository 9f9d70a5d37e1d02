// SPDX-License-Identifier: MIT
// The maps that an object declares, in the form that libbpf made usual:
//
//   struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, uint32_t); ... } name SEC(".maps");
//
// Only types carry the numbers: "type" points to an array of that many elements. So this reads
// section .BTF (Linux kernel documentation, "BPF Type Format"). Input is not trusted.
#pragma once

#include <string>
#include <vector>

#include "mbpf/base/base.hpp"
#include "mbpf/program/program.hpp"

namespace mbpf::toolkit::source {

struct MapDeclaration {
    std::string name;
    program::MapRecord record{};  // Its offset is 0.
    std::string problem{};        // What makes no sense, or nothing.
};

// Variables of the BTF section ".maps", in the order of their types. What is malformed beyond
// variables and their members is left out.
[[nodiscard]] std::vector<MapDeclaration> read_btf_maps(Bytes btf);

}  // namespace mbpf::toolkit::source
