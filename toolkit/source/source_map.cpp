// SPDX-License-Identifier: MIT
#include "toolkit/source/source_map.hpp"

#include <algorithm>
#include <fstream>

namespace mbpf::toolkit::source {

namespace {

namespace fs = std::filesystem;

// The last element at or before `slot`, or nullptr.
template <class Element>
Element const* last_before(std::vector<Element> const& elements, std::uint32_t slot) {
    auto const next = std::upper_bound(
        elements.begin(), elements.end(), slot,
        [](std::uint32_t at, Element const& element) { return at < element.slot; });
    return next == elements.begin() ? nullptr : &*std::prev(next);
}

std::string trimmed(std::string const& text) {
    char const* const blank = " \t\r\n";
    std::size_t const first = text.find_first_not_of(blank);
    if (first == std::string::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string> lines_of(fs::path const& path) {
    std::vector<std::string> lines;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        lines.push_back(trimmed(line));
    }
    return lines;
}

}  // namespace

Function const* SourceMap::function_at(Pc pc) const { return last_before(functions, pc.slot); }

Function const* SourceMap::function_starting(Pc pc) const {
    Function const* const function = function_at(pc);
    return function != nullptr && function->slot == pc.slot ? function : nullptr;
}

std::optional<Line> SourceMap::find(Pc pc) const {
    Row const* const row = last_before(rows, pc.slot);
    Function const* const function = function_at(pc);
    // A row does not reach into the next function, which may have been built without lines.
    if (row == nullptr || (function != nullptr && row->slot < function->slot)) {
        return {};
    }
    return Line{files[row->file], row->line, row->text, function == nullptr ? "" : function->name};
}

void read_texts(SourceMap& map, fs::path const& program) {
    std::vector<std::vector<std::string>> texts(map.files.size());
    for (std::size_t i = 0; i < map.files.size(); ++i) {
        fs::path const name{map.files[i]};
        for (fs::path const& candidate : {program.parent_path() / name, name}) {
            std::error_code error;
            if (fs::is_regular_file(candidate, error)) {
                texts[i] = lines_of(candidate);
                break;
            }
        }
    }
    for (Row& row : map.rows) {
        std::vector<std::string> const& lines = texts[row.file];
        if (row.text.empty() && row.line >= 1 && row.line <= lines.size()) {
            row.text = lines[row.line - 1];
        }
    }
}

}  // namespace mbpf::toolkit::source
