// SPDX-License-Identifier: MIT
// From a slot of a program back to the C line and the function it came from. Built from the debug
// information of an ELF object, or from the line table of an image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::source {

struct Line {
    std::string file;
    std::uint32_t number{};
    std::string text;      // Empty if the source is not at hand.
    std::string function;  // Empty if unknown.

    friend bool operator==(Line const&, Line const&) = default;
};

struct Row {
    std::uint32_t slot{};  // The row holds from here to the next one.
    std::uint32_t file{};  // Index in SourceMap::files.
    std::uint32_t line{};
    std::string text{};

    friend bool operator==(Row const&, Row const&) = default;
};

struct Function {
    std::uint32_t slot{};
    std::string name;

    friend bool operator==(Function const&, Function const&) = default;
};

// Invariant: rows and functions ascend strictly by slot, and every Row::file is an index of files.
struct SourceMap {
    std::vector<std::string> files;
    std::vector<Row> rows;
    std::vector<Function> functions;

    [[nodiscard]] bool is_empty() const { return rows.empty() && functions.empty(); }
    // The line that holds at `pc`; nothing if no row of its function does.
    [[nodiscard]] std::optional<Line> find(Pc pc) const;
    [[nodiscard]] Function const* function_at(Pc pc) const;        // That holds `pc`, or nullptr.
    [[nodiscard]] Function const* function_starting(Pc pc) const;  // At `pc`, or nullptr.
};

// Reads the text of rows that have none from the source files, where they can be found next to
// `program` or from the current directory. Files that cannot be read stay without text.
void read_texts(SourceMap& map, std::filesystem::path const& program);

}  // namespace mbpf::toolkit::source
