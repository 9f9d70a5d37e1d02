// SPDX-License-Identifier: MIT
// Everything is checked once, in open(). Inputs of 256 MiB and more are refused, so that offsets
// and sizes fit in 32 bits and their sums cannot wrap.
#include "mbpf/program/elf_object.hpp"

namespace mbpf::program {

namespace {

constexpr std::uint32_t max_object_bytes = 0x1000'0000;
constexpr std::size_t max_name_bytes = 255;
constexpr std::size_t beyond_every_object = 0xffff'ffff;

// The file header (gABI chapter 4). What it does not name is not looked at.
struct [[gnu::packed]] FileHeader {
    std::uint32_t magic;
    std::uint32_t kind;  // Class, byte order, version, operating system: a byte each.
    std::uint64_t rest_of_identification;
    std::uint32_t type_and_machine;
    std::uint32_t version;
    std::uint64_t entry;
    std::uint64_t segments_offset;
    std::uint32_t sections_offset;
    std::uint32_t sections_offset_high;
    std::uint32_t flags;
    std::uint16_t header_bytes;
    std::uint16_t segment_header_bytes;
    std::uint16_t segment_count;
    std::uint16_t section_header_bytes;
    std::uint16_t section_count;
    std::uint16_t section_names;
};
static_assert(sizeof(FileHeader) == 64);

constexpr std::uint32_t kind_mask = 0xff'ffff;     // An object for eBPF has no operating system.
constexpr std::uint32_t kind_wanted = 0x01'01'02;  // 64 bits, little-endian, 1
constexpr std::uint32_t type_and_machine_wanted = 247 << 16 | 1;  // EM_BPF, ET_REL

// Where [offset, offset + size) ends, whose upper halves are or-ed in `high`.
constexpr std::size_t end_of(std::uint32_t offset, std::uint32_t size, std::uint32_t high) {
    bool const is_small = high == 0 && (offset | size) < max_object_bytes;
    return is_small ? offset + size : beyond_every_object;
}

}  // namespace

bool ElfObject::open() { return check_header() && check_sections() && check_symbols(); }

[[gnu::always_inline]] inline bool ElfObject::check_header() {
    if (!reaches(bytes_.size(), sizeof(FileHeader))) {
        return false;
    }
    FileHeader const& header = records<FileHeader>(bytes_).front();
    if (header.magic != elf_magic) {
        return refuse(Fault::FormatUnknown, header.magic);
    }
    if (bytes_.size() >= max_object_bytes) {
        return refuse(Fault::TrailingBytes, bytes_.size(), max_object_bytes - 1);
    }
    come_to(offsetof(FileHeader, kind));
    if ((header.kind & kind_mask) != kind_wanted) {
        return refuse(Fault::ElfUnsupported, header.kind);
    }
    come_to(offsetof(FileHeader, type_and_machine));
    if (header.type_and_machine != type_and_machine_wanted) {
        return refuse(Fault::ElfUnsupported, header.type_and_machine);
    }
    come_to(offsetof(FileHeader, section_header_bytes));
    if (header.section_header_bytes != sizeof(elf::Section)) {
        return refuse(Fault::ElfUnsupported, header.section_header_bytes);
    }
    std::uint32_t const bytes = header.section_count * std::uint32_t(sizeof(elf::Section));
    std::size_t const end = end_of(header.sections_offset, bytes, header.sections_offset_high);
    if (!reaches(bytes_.size(), end)) {
        return false;
    }
    sections_ = records<elf::Section>(Bytes{bytes_.data() + header.sections_offset, bytes});
    section_names_ = strings(header.section_names);
    come_to(0);
    return true;
}

[[gnu::always_inline]] inline bool ElfObject::check_sections() {
    for (elf::Section const& section : sections_) {
        std::size_t end =
            end_of(section.offset, section.size, section.offset_high | section.size_high);
        if (section.type == elf::SectionType::Nobits && end != beyond_every_object) {
            end = 0;
        }
        if (!reaches(bytes_.size(), end)) {
            return false;
        }
        if (section.type == elf::SectionType::Symtab) {
            symbols_ = records<elf::Symbol>(contents(section));
            symbol_table_ = &section;
            symbol_names_ = strings(section.link);
        }
    }
    return true;
}

[[gnu::always_inline]] inline bool ElfObject::check_symbols() {
    for (elf::Symbol const& symbol : symbols_) {
        if (end_of(symbol.value, symbol.size, symbol.value_high | symbol.size_high) ==
            beyond_every_object) {
            return refuse_symbol(symbol);
        }
    }
    return true;
}

bool ElfObject::refuse_symbol(elf::Symbol const& symbol) {
    return refuse(Fault::SymbolOutOfRange, std::size_t(&symbol - symbols_.data()));
}

Bytes ElfObject::strings(std::uint32_t index) const {
    elf::Section const* const table = section(index);
    bool const is_there = table != nullptr && fits(table->offset, table->size, bytes_.size());
    return is_there ? contents(*table) : Bytes{};
}

std::uint32_t ElfObject::name_start(elf::Section const& section) const {
    std::string_view const name = this->name(section);
    return name.size() < sizeof(std::uint32_t) ? 0 : load<std::uint32_t>(as_bytes(name), 0);
}

// Bounded, so that looking at every name stays linear in an input without NULs.
std::string_view ElfObject::text(Bytes const& strings, std::uint32_t offset) {
    if (offset >= strings.size()) {
        return "";
    }
    Bytes const rest = strings.subspan(offset);
    std::size_t size = 0;
    while (size < rest.size() && size < max_name_bytes && rest[size] != std::byte{0}) {
        ++size;
    }
    return as_text(rest.first(size));
}

}  // namespace mbpf::program
