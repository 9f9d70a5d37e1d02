// SPDX-License-Identifier: MIT
// The maps that an object declares, as the linker wants to know them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mbpf/program/program.hpp"

namespace mbpf::toolkit::maps {

struct Declared {
    std::vector<std::byte> records;      // As in the image.
    std::vector<std::byte> names;        // The same.
    std::vector<std::uint32_t> offsets;  // In section .maps.
    std::uint32_t bytes{};               // Of memory.

    [[nodiscard]] program::LinkedMaps linked() const { return {records, offsets, bytes}; }
};

// In the order of their addresses. A Failure about `path` if one of them makes no sense.
[[nodiscard]] Declared read_declared(Bytes object, std::string const& path);

// The section of names of an image; empty if it has none, or is no image that opens.
[[nodiscard]] std::vector<std::byte> names_in(Bytes image);

}  // namespace mbpf::toolkit::maps
