// SPDX-License-Identifier: MIT
// How containers share the memory of a device, drawn as a bar.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/report/terminal.hpp"

namespace mbpf::toolkit::ps {

struct Share {
    std::string name;
    std::uint64_t offset{};
    std::uint64_t bytes{};
};

// A line with the bar, and one for each share, in the order of offsets.
[[nodiscard]] std::string map_text(std::string const& title, std::uint64_t total_bytes,
                                   std::vector<Share> shares, report::Palette const& palette);

}  // namespace mbpf::toolkit::ps
