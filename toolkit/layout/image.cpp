// SPDX-License-Identifier: MIT
// Our image from any program. Reading an image and writing it again yields the same bytes.
#include <algorithm>
#include <array>
#include <limits>

#include "mbpf/program/image_layout.hpp"
#include "mbpf/program/records.hpp"
#include "toolkit/layout/append.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/layout/refusal.hpp"

namespace mbpf::toolkit::layout {

namespace {

using program::Entry;
using program::ImageLayout;
using program::ImageRecord;
using program::Program;
using program::RightsRecord;
using program::SectionKind;

File entries_section(program::Entries const& entries) {
    File section;
    bool const is_plain = entries.size() == 1 && entries.at(0).name.empty();
    if (is_plain) {
        return section;
    }
    File names;
    std::size_t const names_at = entries.size() * program::image_record_bytes;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        Entry const entry = entries.at(i);
        append(section,
               ImageRecord{std::uint16_t(entry.pc.slot), std::uint16_t(names_at + names.size())});
        append_bytes(names, as_bytes(entry.name));
        names.push_back({});
    }
    append_bytes(section, names);
    return section;
}

// Ascending, each once, as the format wants them.
std::vector<HelperId> listed_helpers(Program const& program) {
    std::vector<HelperId> ids = requested_helpers(program);
    std::sort(ids.begin(), ids.end(), [](HelperId a, HelperId b) { return a.number < b.number; });
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

File rights_section(Program const& program, std::vector<HelperId> const& ids) {
    File section;
    RightsRecord record;
    record.run_budget_instructions = program.rights.run_budget_instructions;
    record.second_budget_instructions = program.rights.second_budget_instructions;
    record.map_bytes = program.rights.map_bytes;
    record.helper_count = std::uint16_t(ids.size());
    record.engine = std::uint8_t(program.rights.engine);
    record.restart = std::uint8_t(program.rights.restart);
    append(section, record);
    for (HelperId const id : ids) {
        append(section, std::uint16_t(id.number));
    }
    return section;
}

// With wide loads of data that mean rodata (program::Program::data_is_rodata()) as such.
File text_section(Program const& program) {
    Bytes const text = program.text.bytes();
    File section{text.begin(), text.end()};
    for (std::size_t at = 0; program.data_is_rodata() && at < section.size(); at += slot_bytes) {
        if (section[at] == std::byte(isa::Opcode::LddwData)) {
            section[at] = std::byte(isa::Opcode::LddwRodata);
        }
    }
    return section;
}

}  // namespace

Encoded encode_image(Program const& program, ImageOptions const& options) {
    File const entries = entries_section(program.entries);
    bool const has_rights = options.rights == RightsSection::Kept;
    std::vector<HelperId> const ids =
        has_rights ? listed_helpers(program) : std::vector<HelperId>{};
    constexpr std::uint32_t max_id = std::numeric_limits<std::uint16_t>::max();
    if (!ids.empty() && ids.back().number > max_id) {
        return refuse(program, Fault::HelperUnknown,
                      "helper " + std::to_string(ids.back().number) +
                          " has no place in a list of ids of two bytes");
    }
    File const text = text_section(program);
    File const rights = has_rights ? rights_section(program, ids) : File{};
    Bytes const lines = options.lines.empty() ? program.lines : options.lines;
    std::array const parts{
        Bytes{text},
        program.rodata,
        program.data,
        Bytes{},
        Bytes{entries},
        Bytes{rights},
        program.data_relocations,
        program.hooks,
        program.keys,
        std::as_bytes(program.maps()),
        lines,
        options.map_names,
    };
    static_assert(parts.size() == program::section_kinds.size());
    ImageLayout::Sizes sizes{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        bool const is_bss = program::section_kinds[i] == SectionKind::Bss;
        std::size_t const bytes = is_bss ? program.bss_bytes : parts[i].size();
        if (bytes > program::max_section_bytes) {
            return refuse(program, Fault::SectionMalformed,
                          "a section of " + std::to_string(bytes) +
                              " bytes is above the limit of " +
                              std::to_string(program::max_section_bytes));
        }
        sizes[i] = std::uint32_t(bytes);
    }
    if (entries.size() > std::numeric_limits<std::uint16_t>::max()) {
        return refuse(program, Fault::EntryOutOfRange, "the names of entries exceed 64 KiB");
    }
    ImageLayout const layout{sizes};
    File file(layout.total_bytes());
    layout.write_header(file);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::size_t const at = layout.offset(i);
        std::copy(parts[i].begin(), parts[i].end(), file.begin() + std::ptrdiff_t(at));
    }
    return file;
}

}  // namespace mbpf::toolkit::layout
