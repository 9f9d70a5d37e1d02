// SPDX-License-Identifier: MIT
// The decoder of the image. One input has one meaning: sections in order, none empty, zeros between
// them, nothing behind them.
#include "mbpf/program/image.hpp"

#include "mbpf/program/records.hpp"
#include "mbpf/program/refusal.hpp"

namespace mbpf::program {

namespace {

constexpr std::size_t version_at = 4;
constexpr std::size_t count_at = 5;
constexpr std::size_t flags_at = 6;
constexpr std::size_t word_bytes = sizeof(std::uint32_t);

class ImageReader : public Refusable {
public:
    explicit ImageReader(Bytes bytes) : bytes_{bytes} {}

    [[nodiscard]] bool read() {
        return read_header() && read_sections() && read_entries() && read_rights() &&
               read_relocations() && accepts(program_, text_at());
    }
    [[nodiscard]] Program const& program() const { return program_; }

private:
    // The whole input, or the section that is being read, is wrong at byte `at` of itself.
    [[nodiscard]] bool malformed(SectionKind kind, std::size_t at) {
        return refuse(Fault::SectionMalformed, at, std::size_t(kind));
    }
    template <SectionKind kind>
    [[nodiscard]] Bytes section() const {
        constexpr std::size_t index = section_index(kind);
        return sections_[index];
    }
    [[nodiscard]] std::size_t text_at() const {
        return std::size_t(program_.text.bytes().data() - bytes_.data());
    }

    [[nodiscard]] bool read_header();
    [[nodiscard]] bool read_sections();
    [[nodiscard]] bool take(SectionWord word, std::size_t word_at);
    [[nodiscard]] bool read_entries();
    [[nodiscard]] bool read_rights();
    [[nodiscard]] bool read_relocations();

    Bytes bytes_;
    std::size_t end_ = 0;  // Of what has been read.
    Bytes sections_[section_kinds.size() + 1];  // The last stands for all kinds that are unknown.
    Program program_;
};

bool ImageReader::read_header() {
    if (!reaches(bytes_.size(), image_header_bytes)) {
        return false;
    }
    if (std::uint32_t const magic = load<std::uint32_t>(bytes_, 0); magic != image_magic) {
        return refuse(Fault::FormatUnknown, 0, magic);
    }
    std::uint8_t const version = load<std::uint8_t>(bytes_, version_at);
    if (version != image_version) {
        return refuse(Fault::VersionUnsupported, version_at, version, image_version);
    }
    if (std::uint16_t const flags = load<std::uint16_t>(bytes_, flags_at); flags != 0) {
        return refuse(Fault::VersionUnsupported, flags_at, flags);
    }
    std::size_t const misaligned = address_of(bytes_.data()) % image_alignment;
    return misaligned == 0 || refuse(Fault::AddressNotAligned, 0, misaligned, image_alignment);
}

bool ImageReader::read_sections() {
    std::size_t const table_end =
        image_header_bytes + load<std::uint8_t>(bytes_, count_at) * word_bytes;
    if (!reaches(bytes_.size(), table_end)) {
        return false;
    }
    end_ = table_end;
    std::int32_t previous = -1;
    for (std::size_t at = image_header_bytes; at < table_end; at += word_bytes) {
        SectionWord const word = unpack_section(load<std::uint32_t>(bytes_, at));
        std::int32_t const kind = std::int32_t(word.kind);
        if (kind == previous) {
            return refuse(Fault::SectionRepeated, at, std::size_t(kind));
        }
        if (kind < previous || word.bytes == 0) {
            return malformed(word.kind, at);
        }
        previous = kind;
        if (!take(word, at)) {
            return false;
        }
    }
    if (end_ != bytes_.size()) {
        return refuse(Fault::TrailingBytes, end_, bytes_.size(), end_);
    }
    Bytes const text = section<SectionKind::Text>();
    if (text.empty()) {
        return refuse(Fault::SectionMissing, 0, std::size_t(SectionKind::Text));
    }
    program_.text = isa::Text{text};
    program_.rodata = section<SectionKind::Rodata>();
    program_.data = section<SectionKind::Data>();
    program_.data_relocations = section<SectionKind::DataRelocations>();
    program_.lines = section<SectionKind::Lines>();
    program_.format = Format::Image;
    return true;
}

bool ImageReader::take(SectionWord word, std::size_t word_at) {
    std::size_t const index = section_index(word.kind);
    if (index == section_kinds.size() && std::uint8_t(word.kind) < first_optional_kind) {
        return refuse(Fault::SectionUnknown, word_at, std::size_t(word.kind));
    }
    if (word.kind == SectionKind::Bss) {
        program_.bss_bytes = word.bytes;
        return true;
    }
    std::size_t const start = align_up(end_, image_alignment);
    if (!reaches(bytes_.size(), start + word.bytes)) {
        return false;
    }
    for (; end_ < start; ++end_) {
        if (bytes_[end_] != std::byte{0}) {
            return malformed(word.kind, end_);
        }
    }
    end_ = start + word.bytes;
    sections_[index] = bytes_.subspan(start, word.bytes);
    return true;
}

bool ImageReader::read_entries() {
    Bytes const entries = section<SectionKind::Entries>();
    if (entries.empty()) {
        return true;
    }
    // The first name follows the last record.
    bool const has_record = entries.size() > image_record_bytes;
    std::size_t const names_at = has_record ? load<ImageRecord>(entries, 0).name_offset : 0;
    if (names_at == 0 || names_at % image_record_bytes != 0 || names_at >= entries.size() ||
        entries.back() != std::byte{0}) {
        return malformed(SectionKind::Entries, 0);
    }
    program_.entries = Entries{Entries::Layout::Image, entries.first(names_at), entries};
    return true;
}

bool ImageReader::read_rights() {
    Bytes const section = this->section<SectionKind::Rights>();
    if (section.empty()) {
        return true;
    }
    if (section.size() < rights_record_bytes) {
        return malformed(SectionKind::Rights, 0);
    }
    RightsRecord const record = load<RightsRecord>(section, 0);
    Rights& rights = program_.rights;
    rights.helper_ids = section.subspan(rights_record_bytes);
    rights.present = true;
    rights.run_budget_instructions = record.run_budget_instructions;
    rights.second_budget_instructions = record.second_budget_instructions;
    rights.map_bytes = record.map_bytes;
    if (record.zero != 0 ||
        rights.helper_ids.size() != record.helper_count * sizeof(std::uint16_t)) {
        return malformed(SectionKind::Rights, 0);
    }
    std::int32_t previous = -1;
    for (std::uint32_t i = 0; i < record.helper_count; ++i) {
        std::int32_t const id = std::int32_t(rights.helper(i).number);
        if (id <= previous) {
            return malformed(SectionKind::Rights, rights_record_bytes + i * sizeof(std::uint16_t));
        }
        previous = id;
    }
    return true;
}

// Ascending and apart, so that no word is relocated twice.
bool ImageReader::read_relocations() {
    constexpr std::size_t address_bytes = sizeof(std::uint64_t);
    if (program_.data_relocations.size() % word_bytes != 0) {
        return malformed(SectionKind::DataRelocations, 0);
    }
    std::size_t free = 0;
    for (std::uint32_t i = 0; i < program_.data_relocation_count(); ++i) {
        std::uint32_t const offset = program_.data_relocation(i).offset;
        if (!fits(offset, address_bytes, program_.data.size())) {
            return refuse(Fault::RelocationOutOfRange, i * word_bytes, offset,
                          program_.data.size());
        }
        if (offset < free) {
            return malformed(SectionKind::DataRelocations, i * word_bytes);
        }
        free = offset + address_bytes;
    }
    return true;
}

}  // namespace

Result<Program> open_image(Bytes bytes) {
    ImageReader reader{bytes};
    if (!reader.read()) {
        return reader.error();
    }
    return reader.program();
}

}  // namespace mbpf::program
