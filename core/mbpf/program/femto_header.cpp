// SPDX-License-Identifier: MIT
// Parts are taken off the front of what is left, each after a check that it is there, so that no
// sum of lengths is ever formed.
#include "mbpf/program/femto_header.hpp"

#include "mbpf/program/records.hpp"

namespace mbpf::program {

namespace {

constexpr std::size_t word_bytes = sizeof(std::uint32_t);
constexpr std::size_t version_at = 4;  // Then flags: all zero, up to the lengths.
constexpr std::size_t relocated_calls_at = 28;
constexpr std::size_t length_multiple = 8;

struct Lengths {
    std::uint32_t data{};
    std::uint32_t rodata{};
    std::uint32_t text{};
    std::uint32_t functions{};
};

constexpr std::size_t lengths_at(FemtoVariant variant) {
    return variant == FemtoVariant::Wide ? 16 : 12;
}

constexpr std::uint32_t header_bytes(FemtoVariant variant) {
    return variant == FemtoVariant::Femto ? 28 : 32;
}

}  // namespace

bool has_femto_magic(Bytes bytes) {
    if (bytes.size() < word_bytes) {
        return false;
    }
    std::uint32_t const magic = load<std::uint32_t>(bytes, 0);
    return magic == femto_magic || magic == prototype_magic;
}

bool FemtoReader::take(Bytes& part, std::uint32_t count, std::size_t element_bytes) {
    if (count > rest_.size() / element_bytes) {
        return refuse(Fault::Truncated, 0, rest_.size(), count);
    }
    std::size_t const bytes = count * element_bytes;
    part = rest_.first(bytes);
    rest_ = rest_.subspan(bytes);
    return true;
}

bool FemtoReader::read() {
    Bytes const input = rest_;
    Bytes header;
    if (!take(header, header_bytes(variant_), 1)) {
        return false;
    }
    if (!has_femto_magic(input)) {
        return refuse(Fault::FormatUnknown, 0, load<std::uint32_t>(input, 0));
    }
    std::size_t const at = lengths_at(variant_);
    for (std::size_t i = version_at; i < at; i += word_bytes) {
        if (std::uint32_t const value = load<std::uint32_t>(input, i); value != 0) {
            return refuse(Fault::VersionUnsupported, i, value);
        }
    }
    Lengths const lengths = load<Lengths>(input, at);
    if (std::size_t const both = lengths.data | lengths.rodata; both % length_multiple != 0) {
        return refuse(Fault::LengthNotAligned, at, both, length_multiple);
    }
    bool const is_extended = variant_ == FemtoVariant::Extended;
    std::uint32_t const calls = is_extended ? load<std::uint32_t>(input, relocated_calls_at) : 0;
    Bytes text;
    Bytes functions;
    if (!take(program_.data, lengths.data, 1) || !take(program_.rodata, lengths.rodata, 1) ||
        !take(text, lengths.text, 1) || !take(functions, lengths.functions, femto_record_bytes) ||
        !take(calls_, calls, call_record_bytes)) {
        return false;
    }
    program_.format = is_extended ? Format::Extended : Format::Femto;
    if (is_extended) {  // The ids of its helpers have no count.
        program_.rights.helper_ids = rest_;
        program_.rights.id_width = Rights::IdWidth::Byte;
        program_.rights.present = true;
    } else if (!rest_.empty()) {
        std::size_t const needed = input.size() - rest_.size();
        return refuse(Fault::TrailingBytes, needed, input.size(), needed);
    }
    program_.text = isa::Text{text};
    program_.entries = Entries{Entries::Layout::Femto, functions, program_.rodata};
    return accepts(program_, std::size_t(text.data() - input.data()));
}

}  // namespace mbpf::program
