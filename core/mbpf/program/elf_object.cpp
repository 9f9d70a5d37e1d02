// SPDX-License-Identifier: MIT
// Everything is checked once, in open(). Inputs of 256 MiB and more are refused, so that offsets and
// sizes fit in 32 bits and their sums cannot wrap.
#include "mbpf/program/elf_object.hpp"

namespace mbpf::program {

namespace {

constexpr std::uint32_t max_object_bytes = 0x1000'0000;
constexpr std::size_t max_name_bytes = 255;

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

constexpr std::uint32_t kind_mask = 0xff'ffff;  // An object for eBPF has no operating system.
constexpr std::uint32_t kind_wanted = 0x01'01'02;              // 64 bits, little-endian, 1
constexpr std::uint32_t type_and_machine_wanted = 247 << 16 | 1;  // EM_BPF, ET_REL

}  // namespace

bool ElfObject::open() { return check_header() && check_sections() && check_symbols(); }

bool ElfObject::check_header() {
    if (!reaches(bytes_.size(), sizeof(FileHeader))) {
        return false;
    }
    FileHeader const& header = records<FileHeader>(bytes_).front();
    if (header.magic != elf_magic) {
        return refuse(Fault::FormatUnknown, 0, header.magic);
    }
    if (bytes_.size() >= max_object_bytes) {
        return refuse(Fault::TrailingBytes, 0, bytes_.size(), max_object_bytes - 1);
    }
    if ((header.kind & kind_mask) != kind_wanted) {
        return refuse(Fault::ElfUnsupported, offsetof(FileHeader, kind), header.kind, kind_wanted);
    }
    if (header.type_and_machine != type_and_machine_wanted) {
        return refuse(Fault::ElfUnsupported, offsetof(FileHeader, type_and_machine),
                      header.type_and_machine, type_and_machine_wanted);
    }
    if (header.section_header_bytes != sizeof(elf::Section)) {
        return refuse(Fault::ElfUnsupported, offsetof(FileHeader, section_header_bytes),
                      header.section_header_bytes, sizeof(elf::Section));
    }
    std::size_t const bytes = header.section_count * sizeof(elf::Section);
    if (header.sections_offset_high != 0 ||
        !fits(header.sections_offset, bytes, bytes_.size())) {
        return refuse(Fault::Truncated, offsetof(FileHeader, sections_offset), bytes_.size(),
                      header.sections_offset + bytes);
    }
    sections_ = records<elf::Section>(bytes_.subspan(header.sections_offset, bytes));
    section_names_ = strings(header.section_names);
    return true;
}

bool ElfObject::check_sections() {
    std::uint32_t index = 0;
    for (elf::Section const& section : sections_) {
        bool const is_small = (section.offset_high | section.size_high) == 0 &&
                              (section.offset | section.size) < max_object_bytes;
        bool const has_bytes = section.type != elf::SectionType::Nobits;
        std::size_t end = has_bytes ? section.offset + section.size : 0;
        end = is_small ? end : max_object_bytes;
        if (!reaches(bytes_.size(), end)) {
            return false;
        }
        if (section.type == elf::SectionType::Symtab) {
            symbols_ = records<elf::Symbol>(contents(section));
            symbol_table_ = index;
            symbol_names_ = strings(section.link);
        }
        ++index;
    }
    return true;
}

bool ElfObject::check_symbols() {
    for (elf::Symbol const& symbol : symbols_) {
        if ((symbol.value_high | symbol.size_high) != 0 ||
            (symbol.value | symbol.size) >= max_object_bytes) {
            return refuse(Fault::SymbolOutOfRange, 0, std::size_t(&symbol - symbols_.data()));
        }
    }
    return true;
}

bool ElfObject::refuse_relocation(elf::Relocation const& relocation, std::uint32_t where) {
    return refuse(Fault::RelocationUnsupported, where, std::size_t(relocation.type));
}

Bytes ElfObject::strings(std::uint32_t index) const {
    if (index >= sections_.size()) {
        return {};
    }
    elf::Section const& table = sections_[index];
    bool const is_there = fits(table.offset, table.size, bytes_.size());
    return is_there ? contents(table) : Bytes{};
}

std::uint32_t ElfObject::name_start(elf::Section const& section) const {
    std::string_view const name = this->name(section);
    return name.size() < sizeof(std::uint32_t) ? 0 : load<std::uint32_t>(as_bytes(name), 0);
}

// Bounded, so that looking at every name stays linear in an input without NULs.
std::string_view ElfObject::text(Bytes strings, std::uint32_t offset) const {
    std::size_t end = offset;
    while (end < strings.size() && end < offset + max_name_bytes && strings[end] != std::byte{0}) {
        ++end;
    }
    return end == offset ? "" : as_text(strings.subspan(offset, end - offset));
}

}  // namespace mbpf::program
