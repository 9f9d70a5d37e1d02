// SPDX-License-Identifier: MIT
#include "toolkit/ps/map.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "toolkit/report/table.hpp"

namespace mbpf::toolkit::ps {

namespace {

using report::Align;
using report::Ink;

constexpr std::array inks{Ink::Green, Ink::Cyan, Ink::Yellow, Ink::Blue};
constexpr std::uint64_t columns = 64;

}  // namespace

std::string map_text(std::string const& title, std::uint64_t total_bytes, std::vector<Share> shares,
                     report::Palette const& palette) {
    if (total_bytes == 0) {
        return fmt::format("{}: none\n", title);
    }
    std::erase_if(shares, [](Share const& share) { return share.bytes == 0; });
    std::sort(shares.begin(), shares.end(),
              [](Share const& a, Share const& b) { return a.offset < b.offset; });
    std::array<std::string, columns> cells;
    cells.fill(palette.paint(Ink::Dim, "."));
    report::Table table{{Align::Left, Align::Left, Align::Right, Align::Right}};
    std::uint64_t used = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        Share const& share = shares[i];
        Ink const ink = inks[i % inks.size()];
        std::string const letter(1, char('A' + int(i % 26)));
        // Each share shows, however small it is.
        std::uint64_t const first = std::min(share.offset * columns / total_bytes, columns - 1);
        std::uint64_t const end = (share.offset + share.bytes) * columns / total_bytes;
        for (std::uint64_t at = first; at < std::clamp(end, first + 1, columns); ++at) {
            cells[at] = palette.paint(ink, letter);
        }
        table.add({{letter, ink},
                   {share.name},
                   {fmt::format("{} bytes", share.bytes)},
                   {fmt::format("at {}", share.offset)}});
        used += share.bytes;
    }
    std::string bar;
    for (std::string const& cell : cells) {
        bar += cell;
    }
    return fmt::format("{}: {} of {} bytes used\n  [{}]\n", title, used, total_bytes, bar) +
           table.text(palette, "  ");
}

}  // namespace mbpf::toolkit::ps
