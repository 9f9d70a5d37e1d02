// SPDX-License-Identifier: MIT
#include "toolkit/report/table.hpp"

#include <algorithm>

namespace mbpf::toolkit::report {

namespace {

// Columns on a terminal: code points, not bytes.
std::size_t width_of(std::string const& text) {
    return std::size_t(std::count_if(text.begin(), text.end(), [](char c) {
        return (std::uint8_t(c) & 0xc0) != 0x80;  // Continuation bytes of UTF-8 take no column.
    }));
}

}  // namespace

std::string Table::text(Palette const& palette, std::string const& indent) const {
    std::vector<std::size_t> widths(columns_.size());
    for (std::vector<Cell> const& row : rows_) {
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i].text));
        }
    }
    std::string all;
    for (std::vector<Cell> const& row : rows_) {
        std::string line = indent;
        std::size_t owed = 0;  // Blanks that only a further cell makes visible.
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
            std::size_t const gap = widths[i] - width_of(row[i].text);
            owed += columns_[i] == Align::Right ? gap : 0;
            if (!row[i].text.empty()) {
                line.append(owed, ' ');
                line += palette.paint(row[i].ink, row[i].text);
                owed = 0;
            }
            owed += columns_[i] == Align::Left ? gap : 0;
            owed += 2;
        }
        all += line + "\n";
    }
    return all;
}

}  // namespace mbpf::toolkit::report
