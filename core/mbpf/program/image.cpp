// SPDX-License-Identifier: MIT
// The decoder of the image. One input has one meaning: sections in order, none empty, zeros between
// them, nothing behind them.
#include "mbpf/program/image.hpp"

#include "mbpf/program/program_reader.hpp"
#include "mbpf/program/records.hpp"

namespace mbpf::program {

namespace {

constexpr std::size_t version_at = 4;
constexpr std::size_t flags_at = 6;
constexpr std::size_t word_bytes = sizeof(std::uint32_t);
constexpr std::uint32_t map_bytes_mask = 0xff'fff8;

class ImageReader {
public:
    explicit ImageReader(ProgramReader& reader)
        : reader_{reader}, input_{reader.input}, program_{reader.program} {}

    [[nodiscard]] bool read() { return read_header() && read_sections() && reader_.accepts(); }

private:
    [[nodiscard]] bool read_header();
    [[nodiscard]] bool read_sections();
    [[nodiscard]] bool read_section(SectionWord word);
    [[nodiscard]] bool take(std::size_t bytes);

    // What each section of a program is to it.
    [[nodiscard]] bool read_entries();
    [[nodiscard]] bool read_rights();
    [[nodiscard]] bool read_relocations();
    [[nodiscard]] bool read_maps();

    ProgramReader& reader_;
    Bytes const& input_;
    Program& program_;
    std::size_t end_ = 0;  // Of what has been read.
    Bytes section_;        // The last that has been read.
};

bool ImageReader::read_header() {
    if (!reader_.reaches(input_.size(), image_header_bytes)) {
        return false;
    }
    if (std::uint32_t const magic = load<std::uint32_t>(input_, 0); magic != image_magic) {
        return reader_.refuse(Fault::FormatUnknown, magic);
    }
    if (!reader_.is_aligned(input_.data(), image_alignment)) {
        return false;
    }
    reader_.come_to(version_at);
    std::uint8_t const version = load<std::uint8_t>(input_, version_at);
    if (version != image_version) {
        return reader_.refuse(Fault::VersionUnsupported, version, image_version);
    }
    reader_.come_to(flags_at);
    std::uint16_t const flags = load<std::uint16_t>(input_, flags_at);
    return flags == 0 || reader_.refuse(Fault::VersionUnsupported, flags);
}

bool ImageReader::read_sections() {
    end_ = image_header_bytes + load<std::uint8_t>(input_, image_count_at) * word_bytes;
    if (!reader_.reaches(input_.size(), end_)) {
        return false;
    }
    std::size_t const table_end = end_;
    std::int32_t previous = -1;
    for (std::size_t at = image_header_bytes; at < table_end; at += word_bytes) {
        reader_.come_to(at);
        SectionWord const word = unpack_section(load<std::uint32_t>(input_, at));
        std::int32_t const kind = std::int32_t(word.kind);
        if (kind == previous) {
            return reader_.refuse(Fault::SectionRepeated, std::size_t(kind));
        }
        if (kind < previous || word.bytes == 0 || !read_section(word)) {
            return reader_.refuse_once(Fault::SectionMalformed, std::size_t(kind));
        }
        previous = kind;
    }
    program_.format = Format::Image;
    reader_.come_to(end_);
    if (end_ != input_.size()) {
        return reader_.refuse(Fault::TrailingBytes, input_.size(), end_);
    }
    reader_.come_to(0);
    return !reader_.text.empty() ||
           reader_.refuse(Fault::SectionMissing, std::size_t(SectionKind::Text));
}

bool ImageReader::read_section(SectionWord word) {
    if (word.kind == SectionKind::Bss) {
        program_.bss_bytes = word.bytes;
        return true;
    }
    if (!take(word.bytes)) {
        return false;
    }
    switch (word.kind) {
        case SectionKind::Text: reader_.text = section_; return true;
        case SectionKind::Rodata: program_.rodata = section_; return true;
        case SectionKind::Data: program_.data = section_; return true;
        case SectionKind::Entries: return read_entries();
        case SectionKind::Rights: return read_rights();
        case SectionKind::DataRelocations: return read_relocations();
        case SectionKind::Hooks: program_.hooks = section_; return true;
        case SectionKind::Keys: program_.keys = section_; return true;
        case SectionKind::Maps: return read_maps();
        case SectionKind::Lines: program_.lines = section_; return true;
        case SectionKind::MapNames:  // map_names.hpp
        case SectionKind::Bss: break;
    }
    return std::uint8_t(word.kind) >= first_optional_kind ||
           reader_.refuse(Fault::SectionUnknown, std::size_t(word.kind));
}

// Takes the next section off the input, and the padding before it.
bool ImageReader::take(std::size_t bytes) {
    std::size_t const start = align_up(end_, image_alignment);
    if (!reader_.reaches(input_.size(), start + bytes)) {
        return false;
    }
    for (; end_ < start; ++end_) {
        if (input_[end_] != std::byte{0}) {
            return false;
        }
    }
    end_ = start + bytes;
    section_ = {input_.data() + start, bytes};
    return true;
}

bool ImageReader::read_entries() {
    // The first name follows the last record.
    bool const has_record = section_.size() > image_record_bytes;
    std::size_t const names_at =
        has_record ? records<ImageRecord>(section_).front().name_offset : 0;
    if (names_at == 0 || names_at % image_record_bytes != 0 || names_at >= section_.size() ||
        section_.back() != std::byte{0}) {
        return false;
    }
    program_.entries = Entries{Entries::Layout::Image, section_.data(),
                               std::uint32_t(names_at / image_record_bytes), section_};
    return true;
}

bool ImageReader::read_rights() {
    if (section_.size() < rights_record_bytes) {
        return false;
    }
    RightsRecord const& record = records<RightsRecord>(section_).front();
    Rights& rights = program_.rights;
    rights.helper_ids = section_.subspan(rights_record_bytes);
    rights.present = true;
    rights.run_budget_instructions = record.run_budget_instructions;
    rights.second_budget_instructions = record.second_budget_instructions;
    rights.map_bytes = record.map_bytes;
    rights.engine = EngineWish(record.engine);
    rights.restart = RestartWish(record.restart);
    std::uint32_t const count = record.helper_count;
    if (record.engine > last_engine_wish || record.restart > last_restart_wish ||
        (record.map_bytes & ~map_bytes_mask) != 0 ||
        rights.helper_ids.size() != count * sizeof(std::uint16_t)) {
        return false;
    }
    std::int32_t previous = -1;
    for (std::uint32_t i = 0; i < count; ++i) {
        std::uint16_t const id = load<std::uint16_t>(rights.helper_ids, i * sizeof(std::uint16_t));
        if (id <= previous) {
            return false;
        }
        previous = id;
    }
    return true;
}

// Ascending and apart, so that no word is relocated twice. Data come before.
bool ImageReader::read_relocations() {
    constexpr std::size_t address_bytes = sizeof(std::uint64_t);
    program_.data_relocations = section_;
    std::size_t free = 0;
    for (std::uint32_t i = 0; i < program_.data_relocation_count(); ++i) {
        std::uint32_t const offset = program_.data_relocation(i).offset;
        if (!fits(offset, address_bytes, program_.data.size())) {
            return reader_.refuse(Fault::RelocationOutOfRange, offset, program_.data.size());
        }
        if (offset < free) {
            return false;
        }
        free = offset + address_bytes;
    }
    return section_.size() % word_bytes == 0;
}

bool ImageReader::read_maps() {
    std::span<MapRecord const> const maps = records<MapRecord>(section_);
    program_.set_maps(maps);
    return section_.size() == program_.map_count * map_record_bytes;
}

}  // namespace

bool read_image(ProgramReader& reader) { return ImageReader{reader}.read(); }

}  // namespace mbpf::program
