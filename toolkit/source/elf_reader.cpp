// SPDX-License-Identifier: MIT
#include "toolkit/source/elf_reader.hpp"

#include <fmt/format.h>
#include <array>

#include "toolkit/source/btf_header.hpp"

namespace mbpf::toolkit::source {

namespace {

constexpr std::uint32_t elf_magic = 0x464c'457f;  // "\x7fELF"
constexpr std::uint32_t type_symbols = 2;         // SHT_SYMTAB
constexpr std::uint32_t type_no_bits = 8;         // SHT_NOBITS
constexpr std::uint32_t type_relocations = 9;     // SHT_REL
constexpr std::uint8_t symbol_variable = 1;       // STT_OBJECT
constexpr std::uint8_t symbol_function = 2;       // STT_FUNC

struct Header {
    std::uint32_t magic{};
    std::uint8_t identification[12]{};
    std::uint16_t type{};
    std::uint16_t machine{};
    std::uint32_t version{};
    std::uint64_t entry{};
    std::uint64_t segments_at{};
    std::uint64_t sections_at{};
    std::uint32_t flags{};
    std::uint16_t header_bytes{};
    std::uint16_t segment_bytes{};
    std::uint16_t segment_count{};
    std::uint16_t section_bytes{};
    std::uint16_t section_count{};
    std::uint16_t section_names{};
};
static_assert(sizeof(Header) == 64);

struct SectionHeader {
    std::uint32_t name{};
    std::uint32_t type{};
    std::uint64_t flags{};
    std::uint64_t address{};
    std::uint64_t offset{};
    std::uint64_t size{};
    std::uint32_t link{};
    std::uint32_t info{};
    std::uint64_t alignment{};
    std::uint64_t entry_bytes{};
};
static_assert(sizeof(SectionHeader) == 64);

struct Symbol {
    std::uint32_t name{};
    std::uint8_t info{};
    std::uint8_t other{};
    std::uint16_t section{};
    std::uint64_t value{};
    std::uint64_t size{};
};
static_assert(sizeof(Symbol) == 24);

struct Relocation {
    std::uint64_t offset{};
    std::uint32_t type{};
    std::uint32_t symbol{};
};
static_assert(sizeof(Relocation) == 16);

// ELF's e_machine, as far as embedders come across it.
std::string machine_name(std::uint16_t machine) {
    switch (machine) {
        case 3: return "x86";
        case 40: return "Arm";
        case 62: return "x86-64";
        case 183: return "AArch64";
        case 243: return "RISC-V";
        case 247: return "eBPF";
        default: return fmt::format("machine {}", machine);
    }
}

char const* type_name(std::uint16_t type) {
    constexpr std::array names{"file", "relocatable object", "executable", "shared object"};
    return type < names.size() ? names[type] : names[0];
}

// Of a type.
std::vector<ElfSymbol> read_symbols(std::vector<ElfSection> const& sections, std::uint8_t type) {
    std::vector<ElfSymbol> found;
    for (ElfSection const& section : sections) {
        if (section.type != type_symbols || section.link >= sections.size()) {
            continue;
        }
        std::size_t const count = section.contents.size() / sizeof(Symbol);
        for (std::size_t i = 0; i < count; ++i) {
            Symbol const symbol = load<Symbol>(section.contents, i * sizeof(Symbol));
            if ((symbol.info & 15) == type) {
                bool const is_exported = symbol.info >> 4 != 0 && symbol.other == 0;
                found.push_back({btf_text(sections[section.link].contents, symbol.name),
                                 symbol.section, symbol.value, is_exported});
            }
        }
    }
    return found;
}

// Of the function that starts there; empty if none does.
std::string function_name(std::vector<ElfSection> const& sections, std::uint32_t section,
                          std::uint64_t offset) {
    for (ElfFunction const& function : read_symbols(sections, symbol_function)) {
        if (function.section == section && function.offset == offset) {
            return function.name;
        }
    }
    return {};
}

}  // namespace

std::string elf_kind(Bytes file) {
    if (file.size() < sizeof(Header)) {
        return {};
    }
    Header const header = load<Header>(file, 0);
    bool const is_64_bits = header.identification[0] == 2;  // EI_CLASS
    bool const is_big = header.identification[1] == 2;      // EI_DATA
    auto const number = [is_big](std::uint16_t value) {
        return is_big ? __builtin_bswap16(value) : value;
    };
    return fmt::format("{}-bit {}-endian {} for {}", is_64_bits ? 64 : 32,
                       is_big ? "big" : "little", type_name(number(header.type)),
                       machine_name(number(header.machine)));
}

bool is_gcc_object(std::vector<ElfSection> const& sections) {
    constexpr std::uint64_t flag_alloc = 2;  // SHF_ALLOC
    bool is_gcc = false;
    bool has_relocations = false;
    for (ElfSection const& section : sections) {
        is_gcc |= section.name == ".comment" && as_text(section.contents).starts_with("GCC:");
        has_relocations |= section.type == type_relocations && section.info < sections.size() &&
                           (sections[section.info].flags & flag_alloc) != 0;
    }
    return is_gcc && has_relocations;
}

std::vector<ElfSection> read_elf_sections(Bytes object) {
    if (object.size() < sizeof(Header)) {
        return {};
    }
    Header const header = load<Header>(object, 0);
    std::size_t const table_bytes = std::size_t(header.section_count) * sizeof(SectionHeader);
    bool const is_readable = header.magic == elf_magic &&
                             header.section_bytes == sizeof(SectionHeader) &&
                             fits(header.sections_at, table_bytes, object.size());
    if (!is_readable) {
        return {};
    }
    std::vector<ElfSection> sections;
    std::vector<std::uint32_t> names;
    for (std::size_t i = 0; i < header.section_count; ++i) {
        auto const record =
            load<SectionHeader>(object, header.sections_at + i * sizeof(SectionHeader));
        bool const has_contents =
            record.type != type_no_bits && fits(record.offset, record.size, object.size());
        Bytes const contents = has_contents ? object.subspan(record.offset, record.size) : Bytes{};
        sections.push_back(
            {{}, record.type, record.flags, contents, record.size, record.link, record.info});
        names.push_back(record.name);
    }
    if (header.section_names < sections.size()) {
        for (std::size_t i = 0; i < sections.size(); ++i) {
            sections[i].name = btf_text(sections[header.section_names].contents, names[i]);
        }
    }
    return sections;
}

std::vector<ElfFunction> read_elf_functions(std::vector<ElfSection> const& sections) {
    return read_symbols(sections, symbol_function);
}

std::vector<ElfVariable> read_elf_variables(std::vector<ElfSection> const& sections) {
    return read_symbols(sections, symbol_variable);
}

std::string elf_symbol_name(std::vector<ElfSection> const& sections, std::uint32_t index) {
    for (ElfSection const& section : sections) {
        std::size_t const at = std::size_t(index) * sizeof(Symbol);
        bool const is_there = section.type == type_symbols && section.link < sections.size() &&
                              fits(at, sizeof(Symbol), section.contents.size());
        if (is_there) {
            Symbol const symbol = load<Symbol>(section.contents, at);
            return btf_text(sections[section.link].contents, symbol.name);
        }
    }
    return {};
}

std::string elf_function_at(Bytes object, std::vector<ElfSection> const& sections, std::size_t at) {
    for (ElfSection const& section : sections) {
        if (section.type != type_relocations || section.info >= sections.size() ||
            section.link >= sections.size()) {
            continue;
        }
        Bytes const target = sections[section.info].contents;
        Bytes const symbols = sections[section.link].contents;
        std::size_t const start = std::size_t(target.data() - object.data());
        std::size_t const count = section.contents.size() / sizeof(Relocation);
        for (std::size_t i = 0; i < count; ++i) {
            auto const relocation = load<Relocation>(section.contents, i * sizeof(Relocation));
            std::size_t const symbol_at = std::size_t(relocation.symbol) * sizeof(Symbol);
            if (start + relocation.offset == at && fits(at, sizeof(std::uint64_t), object.size()) &&
                fits(symbol_at, sizeof(Symbol), symbols.size())) {
                auto const symbol = load<Symbol>(symbols, symbol_at);
                return function_name(sections, symbol.section,
                                     symbol.value + load<std::uint64_t>(object, at));
            }
        }
    }
    return {};
}

}  // namespace mbpf::toolkit::source
