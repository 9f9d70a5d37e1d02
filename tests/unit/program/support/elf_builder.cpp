// SPDX-License-Identifier: MIT
// Layout of an object: file header, section headers, contents. Section headers come first so that
// their offsets do not depend on the contents.
#include "tests/unit/program/support/elf_builder.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace mbpf::test {

namespace {

constexpr std::size_t file_header_bytes = 64;

template <class T>
void put(std::vector<std::byte>& to, T value) {
    std::size_t const at = to.size();
    to.resize(at + sizeof value);
    store(to.data() + at, value);
}

std::uint32_t put_name(std::vector<std::byte>& table, std::string const& name) {
    std::uint32_t const at = std::uint32_t(table.size());
    for (char const c : name) {
        table.push_back(std::byte(c));
    }
    table.push_back({});
    return at;
}

std::vector<std::byte> bytes_of(std::string const& hex) {
    Buffer const buffer = from_hex(hex);
    return {buffer.bytes().begin(), buffer.bytes().end()};
}

}  // namespace

std::uint16_t ElfBuilder::add(Section section) {
    sections_.push_back(std::move(section));
    return std::uint16_t(sections_.size() - 1);
}

std::uint32_t ElfBuilder::add(Symbol symbol) {
    symbols_.push_back(std::move(symbol));
    return std::uint32_t(symbols_.size() - 1);
}

std::uint16_t ElfBuilder::add_text(std::string name, std::string const& hex) {
    return add(Section{std::move(name), progbits, alloc | executable, bytes_of(hex), 0, 0, 0, 8});
}

std::uint16_t ElfBuilder::add_rodata(std::string name, std::string const& hex) {
    return add(Section{std::move(name), progbits, alloc, bytes_of(hex), 0, 0, 0, 1});
}

std::uint16_t ElfBuilder::add_data(std::string name, std::string const& hex) {
    return add(Section{std::move(name), progbits, alloc | write, bytes_of(hex), 0, 0, 0, 8});
}

std::uint16_t ElfBuilder::add_bss(std::string name, std::uint64_t bytes) {
    return add(Section{std::move(name), nobits, alloc | write, {}, bytes, 0, 0, 8});
}

std::uint32_t ElfBuilder::add_function(std::string name, std::uint16_t section, std::uint64_t value,
                                       std::uint64_t size) {
    return add(Symbol{std::move(name), global_function, 0, section, value, size});
}

std::uint32_t ElfBuilder::add_section_symbol(std::uint16_t section) {
    return add(Symbol{"", 3, 0, section, 0, 0});
}

void ElfBuilder::relocate(std::uint16_t section, std::uint64_t offset, std::uint32_t type,
                          std::uint32_t symbol) {
    relocations_.push_back({section, offset, type, symbol});
}

std::size_t ElfBuilder::header_of(std::uint16_t section) const {
    return file_header_bytes + section * section_header_bytes;
}

Buffer ElfBuilder::build() const {
    std::vector<Section> sections = sections_;
    std::map<std::uint16_t, std::vector<std::byte>> relocations;
    for (Relocation const& relocation : relocations_) {
        std::vector<std::byte>& contents = relocations[relocation.section];
        put(contents, relocation.offset);
        put(contents, relocation.type);
        put(contents, relocation.symbol);
    }
    std::uint32_t const symtab = std::uint32_t(sections.size() + relocations.size());
    for (auto const& [section, contents] : relocations) {
        std::string const name = ".rel" + sections[section].name;
        sections.push_back({name, relocation_type, 0x40, contents, 0, symtab, section, 8});
    }
    std::vector<std::byte> strings(1);
    std::vector<std::byte> table;
    for (Symbol const& symbol : symbols_) {
        put(table, symbol.name.empty() ? 0 : put_name(strings, symbol.name));
        put(table, symbol.info);
        put(table, symbol.other);
        put(table, symbol.section);
        put(table, symbol.value);
        put(table, symbol.size);
    }
    sections.push_back({".symtab", 2, 0, table, 0, symtab + 1, 1, 8});
    sections.push_back({".strtab", 3, 0, strings, 0, 0, 0, 1});
    std::vector<std::byte> names;
    std::vector<std::uint32_t> name_offsets;
    sections.push_back({".shstrtab", 3, 0, {}, 0, 0, 0, 1});
    for (Section const& section : sections) {
        name_offsets.push_back(put_name(names, section.name));
    }
    sections.back().contents = names;

    std::vector<std::byte> file;
    put(file, std::uint32_t{0x464c'457f});
    put(file, std::uint32_t{0x01'01'02});
    put(file, std::uint64_t{0});
    put(file, std::uint32_t{247 << 16 | 1});
    put(file, std::uint32_t{1});
    put(file, std::uint64_t{0});
    put(file, std::uint64_t{0});
    put(file, std::uint64_t{file_header_bytes});
    put(file, std::uint32_t{0});
    for (std::size_t const half : {file_header_bytes, std::size_t{0}, std::size_t{0},
                                   section_header_bytes, sections.size(), sections.size() - 1}) {
        put(file, std::uint16_t(half));
    }
    std::size_t offset = file_header_bytes + sections.size() * section_header_bytes;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        Section const& section = sections[i];
        bool const has_bytes = section.type != 0 && section.type != nobits;
        offset = has_bytes ? align_up(offset, 8) : offset;
        put(file, name_offsets[i]);
        put(file, section.type);
        put(file, section.flags);
        put(file, std::uint64_t{0});
        put(file, std::uint64_t(section.type == 0 ? 0 : offset));
        put(file, section.size == 0 ? section.contents.size() : section.size);
        put(file, section.link);
        put(file, section.info);
        put(file, section.alignment);
        put(file, std::uint64_t{0});
        offset += has_bytes ? section.contents.size() : 0;
    }
    for (Section const& section : sections) {
        if (section.type != 0 && section.type != nobits) {
            file.resize(align_up(file.size(), 8));
            file.insert(file.end(), section.contents.begin(), section.contents.end());
        }
    }
    return Buffer{file};
}

}  // namespace mbpf::test
