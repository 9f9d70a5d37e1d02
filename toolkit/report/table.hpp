// SPDX-License-Identifier: MIT
// Text in aligned columns.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/report/terminal.hpp"

namespace mbpf::toolkit::report {

enum class Align : std::uint8_t { Left, Right };

struct Cell {
    std::string text;
    Ink ink = Ink::Plain;
};

class Table {
public:
    explicit Table(std::vector<Align> columns) : columns_{std::move(columns)} {}

    // As many cells as columns; missing ones are empty.
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }

    // Lines that start with `indent`, none with blanks at its end.
    [[nodiscard]] std::string text(Palette const& palette, std::string const& indent = "") const;

private:
    std::vector<Align> columns_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace mbpf::toolkit::report
