// SPDX-License-Identifier: MIT
#include "mbpf/program/femto_header.hpp"

#include "mbpf/program/records.hpp"

namespace mbpf::program {

namespace {

constexpr std::size_t word_bytes = sizeof(std::uint32_t);
constexpr std::size_t version_at = 4;  // Then flags: all zero, up to the lengths.
constexpr std::size_t length_multiple = 8;

constexpr std::size_t lengths_at(FemtoVariant variant) {
    return variant == FemtoVariant::Wide ? 16 : 12;
}

constexpr std::uint32_t header_bytes(FemtoVariant variant) {
    return variant == FemtoVariant::Femto ? 28 : 32;
}

// Whether the input starts with a header of that variant. Then `at` is where its lengths are.
bool has_header(ProgramReader& reader, FemtoVariant variant, std::size_t& at) {
    if (!reader.reaches(reader.input.size(), header_bytes(variant))) {
        return false;
    }
    std::uint32_t const magic = load<std::uint32_t>(reader.input, 0);
    if (!is_femto_magic(magic)) {
        return reader.refuse(Fault::FormatUnknown, magic);
    }
    for (at = version_at; at < lengths_at(variant); at += word_bytes) {
        reader.come_to(at);
        if (std::uint32_t const value = load<std::uint32_t>(reader.input, at); value != 0) {
            return reader.refuse(Fault::VersionUnsupported, value);
        }
    }
    reader.come_to(at);
    std::uint32_t const data = load<std::uint32_t>(reader.input, at);
    std::uint32_t const both = data | load<std::uint32_t>(reader.input, at + word_bytes);
    return both % length_multiple == 0 ||
           reader.refuse(Fault::LengthNotAligned, both, length_multiple);
}

// Takes parts off the front of what is left, each after a check that it is there, so that no sum of
// lengths is ever formed. Returns false if one is not there.
bool take_parts(ProgramReader& reader, std::size_t at, Bytes& functions, Bytes& rest) {
    // In their order, which is that of the lengths in the header, too.
    Bytes* const parts[] = {&reader.program.data, &reader.program.rodata, &reader.text, &functions,
                            &reader.call_table};
    constexpr std::uint8_t element_bytes[] = {1, 1, 1, femto_record_bytes, call_record_bytes};
    std::byte const* const end = rest.data();  // Of the header.
    for (std::size_t i = 0; reader.input.data() + at != end; ++i, at += word_bytes) {
        std::uint32_t const count = load<std::uint32_t>(reader.input, at);
        if (count > rest.size() / element_bytes[i]) {
            return reader.refuse(Fault::Truncated, rest.size(), count);
        }
        *parts[i] = rest.first(count * element_bytes[i]);
        rest = rest.subspan(parts[i]->size());
    }
    return true;
}

}  // namespace

bool read_femto_variant(ProgramReader& reader, FemtoVariant variant) {
    std::size_t lengths = 0;
    if (!has_header(reader, variant, lengths)) {
        return false;
    }
    Bytes functions;
    Bytes rest = reader.input.subspan(header_bytes(variant));
    if (!take_parts(reader, lengths, functions, rest)) {
        return false;
    }
    Program& program = reader.program;
    program.format = Format::Femto;
    if (variant == FemtoVariant::Extended) {  // The ids of its helpers have no count.
        program.format = Format::Extended;
        program.rights.helper_ids = rest;
        program.rights.id_width = Rights::IdWidth::Byte;
        program.rights.present = true;
    } else if (!rest.empty()) {
        std::size_t const needed = reader.input.size() - rest.size();
        reader.come_to(needed);
        return reader.refuse(Fault::TrailingBytes, reader.input.size(), needed);
    }
    program.entries = Entries{Entries::Layout::Femto, functions.data(),
                              std::uint32_t(functions.size() / femto_record_bytes), program.rodata};
    return reader.accepts();
}

}  // namespace mbpf::program
