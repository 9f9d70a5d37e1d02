// SPDX-License-Identifier: MIT
// Our own image: an 8-byte header, a section table of one word each, sections (SPEC.md, "Image").
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/program/program_reader.hpp"

namespace mbpf::program {

inline constexpr std::uint32_t image_magic = 0x4650'426d;  // "mBPF"
inline constexpr std::uint8_t image_version = 1;
inline constexpr std::size_t image_count_at = 5;  // u8, sections
inline constexpr std::size_t image_header_bytes = 8;
inline constexpr std::size_t image_alignment = 8;  // Of the image in memory, and of each section.

// Sections stand in ascending order of kind. A decoder skips kinds from 0x80 that it does not know
// and refuses all others.
enum class SectionKind : std::uint8_t {
    Text = 1,
    Rodata = 2,
    Data = 3,
    Bss = 4,  // The size in the table is memory to zero; no bytes in the file.
    Entries = 5,
    Rights = 6,
    DataRelocations = 7,
    Hooks = 8,
    Keys = 9,
    Maps = 10,
    Lines = 0x81,
    MapNames = 0x82,
};
inline constexpr std::uint8_t first_optional_kind = 0x80;

// The kinds that this version knows, in file order. Encoders and the decoder read this table.
inline constexpr std::array<SectionKind, 12> section_kinds{
    SectionKind::Text,
    SectionKind::Rodata,
    SectionKind::Data,
    SectionKind::Bss,
    SectionKind::Entries,
    SectionKind::Rights,
    SectionKind::DataRelocations,
    SectionKind::Hooks,
    SectionKind::Keys,
    SectionKind::Maps,
    SectionKind::Lines,
    SectionKind::MapNames,
};

// Position of `kind` in section_kinds; section_kinds.size() if it is not there.
[[nodiscard]] constexpr std::size_t section_index(SectionKind kind) {
    std::size_t index = 0;
    while (index < section_kinds.size() && section_kinds[index] != kind) {
        ++index;
    }
    return index;
}

// A word of the section table.
struct SectionWord {
    SectionKind kind{};
    std::uint32_t bytes{};  // At most max_section_bytes, without padding.
};
inline constexpr std::uint32_t max_section_bytes = 0xff'ffff;

[[nodiscard]] constexpr std::uint32_t pack(SectionWord word) {
    return std::uint32_t(word.kind) | word.bytes << 8;
}
[[nodiscard]] constexpr SectionWord unpack_section(std::uint32_t word) {
    return {SectionKind(word & 0xff), word >> 8};
}

// `bytes` lies at an address that is a multiple of 8.
[[nodiscard]] bool read_image(ProgramReader& reader);
[[nodiscard]] inline Result<Program> open_image(Bytes bytes) {
    return ProgramReader::open(bytes, read_image);
}

}  // namespace mbpf::program
