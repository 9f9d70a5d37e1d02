// SPDX-License-Identifier: MIT
#include "toolkit/source/elf_lines.hpp"

#include <map>
#include <utility>

#include "toolkit/source/btf.hpp"
#include "toolkit/source/elf_reader.hpp"

namespace mbpf::toolkit::source {

namespace {

using program::LinkOptions;
using program::TextOrigin;

// A stretch of linked text whose instructions stood side by side in the object.
struct Stretch {
    std::uint32_t slot{};
    std::uint32_t slots{};
    TextOrigin origin;
};

// The linker moves whole stretches and answers for one slot at a time, at the price of a walk
// through the object: asks at both ends and halves what does not match.
std::vector<Stretch> find_stretches(Bytes object, LinkOptions const& options, std::uint32_t slots) {
    std::vector<Stretch> stretches;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> open;  // First, last.
    if (slots != 0) {
        open.emplace_back(0, slots - 1);
    }
    while (!open.empty()) {
        auto const [first, last] = open.back();
        open.pop_back();
        auto const from = program::text_origin(object, options, Pc{first});
        auto const to = program::text_origin(object, options, Pc{last});
        if (!from.has_value() || !to.has_value()) {
            continue;
        }
        std::uint32_t const bytes = (last - first) * std::uint32_t(slot_bytes);
        if (from->section == to->section && to->offset - from->offset == bytes) {
            stretches.push_back({first, last - first + 1, *from});
            continue;
        }
        std::uint32_t const middle = first + (last - first) / 2;
        open.emplace_back(middle + 1, last);
        open.emplace_back(first, middle);
    }
    return stretches;
}

std::optional<std::uint32_t> slot_of(std::vector<Stretch> const& stretches, TextOrigin at) {
    for (Stretch const& stretch : stretches) {
        std::uint32_t const behind = at.offset - stretch.origin.offset;
        bool const is_inside = at.section == stretch.origin.section &&
                               at.offset >= stretch.origin.offset &&
                               behind < stretch.slots * slot_bytes;
        if (is_inside) {
            return stretch.slot + behind / std::uint32_t(slot_bytes);
        }
    }
    return {};
}

struct Sections {
    Bytes btf;
    Bytes btf_ext;
    std::map<std::string, std::uint32_t> by_name;  // Those with instructions.
};

Sections find_sections(std::vector<ElfSection> const& sections) {
    Sections found;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        ElfSection const& section = sections[i];
        if (section.name == ".BTF") {
            found.btf = section.contents;
        } else if (section.name == ".BTF.ext") {
            found.btf_ext = section.contents;
        } else if (section.is_executable()) {
            found.by_name.emplace(section.name, std::uint32_t(i));
        }
    }
    return found;
}

void add_rows(SourceMap& map, Sections const& sections, std::vector<Stretch> const& stretches) {
    std::map<std::string, std::uint32_t> files;
    std::map<std::uint32_t, Row> rows;  // By slot; the first record of a slot counts.
    for (BtfLine& line : read_btf_lines(sections.btf, sections.btf_ext)) {
        auto const section = sections.by_name.find(line.section);
        if (section == sections.by_name.end() || line.line == 0) {
            continue;
        }
        auto const slot = slot_of(stretches, {section->second, line.offset});
        if (!slot) {
            continue;
        }
        auto const [file, is_new] = files.emplace(line.file, std::uint32_t(files.size()));
        if (is_new) {
            map.files.push_back(line.file);
        }
        rows.emplace(*slot, Row{*slot, file->second, line.line, std::move(line.text)});
    }
    for (auto& [slot, row] : rows) {
        map.rows.push_back(std::move(row));
    }
}

void add_functions(SourceMap& map, std::vector<ElfSection> const& sections,
                   std::vector<Stretch> const& stretches) {
    std::map<std::uint32_t, std::string> names;
    for (ElfFunction const& function : read_elf_functions(sections)) {
        if (auto const slot =
                slot_of(stretches, {function.section, std::uint32_t(function.offset)})) {
            names.emplace(*slot, function.name);
        }
    }
    for (auto const& [slot, name] : names) {
        map.functions.push_back({slot, name});
    }
}

}  // namespace

SourceMap elf_source_map(Bytes object, LinkOptions const& options, std::uint32_t slots) {
    std::vector<ElfSection> const sections = read_elf_sections(object);
    std::vector<Stretch> const stretches = find_stretches(object, options, slots);
    SourceMap map;
    add_rows(map, find_sections(sections), stretches);
    add_functions(map, sections, stretches);
    return map;
}

std::optional<Line> elf_line_at(Bytes object, std::size_t at) {
    std::vector<ElfSection> const sections = read_elf_sections(object);
    Sections const found = find_sections(sections);
    std::optional<Line> line;
    for (auto const& [name, index] : found.by_name) {
        Bytes const contents = sections[index].contents;
        std::size_t const start = std::size_t(contents.data() - object.data());
        if (contents.empty() || at < start || at - start >= contents.size()) {
            continue;
        }
        for (BtfLine const& record : read_btf_lines(found.btf, found.btf_ext)) {
            if (record.section == name && record.offset <= at - start && record.line != 0) {
                line = Line{record.file, record.line, record.text, {}};
            }
        }
        std::uint64_t nearest = 0;
        for (ElfFunction const& function : read_elf_functions(sections)) {
            bool const holds = function.section == index && function.offset <= at - start;
            if (line && holds && function.offset >= nearest) {
                nearest = function.offset;
                line->function = function.name;
            }
        }
    }
    return line;
}

std::string shortened(std::string const& file, std::filesystem::path const& main_file) {
    std::error_code error;
    std::filesystem::path const folder =
        std::filesystem::weakly_canonical(main_file, error).parent_path();
    std::filesystem::path const full = std::filesystem::weakly_canonical(file, error);
    std::filesystem::path const below = full.lexically_relative(folder);
    bool const is_below = !below.empty() && *below.begin() != "..";
    return is_below ? below.generic_string() : full.filename().generic_string();
}

void shorten_files(SourceMap& map, std::filesystem::path const& main_file) {
    for (std::string& file : map.files) {
        file = shortened(file, main_file);
    }
}

}  // namespace mbpf::toolkit::source
