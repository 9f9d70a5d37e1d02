// SPDX-License-Identifier: MIT
#include "mbpf/program/elf_linker.hpp"

#include "mbpf/program/elf_link.hpp"
#include "mbpf/program/image_layout.hpp"
#include "mbpf/program/records.hpp"

namespace mbpf::program {

namespace {

constexpr std::uint32_t word_bytes = sizeof(std::uint64_t);

constexpr std::uint32_t to_slots(std::uint32_t bytes) { return bytes / std::uint32_t(slot_bytes); }

}  // namespace

ElfLink::ElfLink(Bytes object, LinkOptions const& options)
    : ElfEntries{object, pieces_space_, sizes_space_, functions_space_}, options_{options} {}

bool ElfLink::plan() {
    if (!open() || !collect_pieces() || !collect_functions()) {
        return false;
    }
    for (Piece const& piece : pieces()) {
        if (piece.kind == Piece::Kind::Text && !walk_text(piece)) {
            return false;
        }
    }
    come_to(0);
    Function const* const head = choose_head(options_.entry);
    if (head == nullptr || !place(*head)) {
        return false;
    }
    std::uint32_t const slots = to_slots(text_bytes());
    if (slots > max_text_slots) {
        return refuse(Fault::TextTooLong, slots, max_text_slots);
    }
    // Relocated words do not overlap; more of them than words would not fit a section of the image.
    std::uint32_t const records = sizes_[section_index(SectionKind::DataRelocations)];
    return records <= bytes(Piece::Kind::Data) / 2 ||
           refuse(Fault::RelocationOutOfRange, records, bytes(Piece::Kind::Data));
}

[[gnu::always_inline]] inline bool ElfLink::write(WritableBytes output) {
    sizes_[section_index(SectionKind::Entries)] = write_entries(nullptr);
    sizes_[section_index(SectionKind::Rights)] =
        std::uint32_t(rights_record_bytes + helpers_.size() * sizeof(std::uint16_t));
    Bytes const maps = options_.maps.records;
    sizes_[section_index(SectionKind::Maps)] = std::uint32_t(maps.size());
    ImageLayout const layout{sizes_};
    written_bytes_ = layout.total_bytes();
    if (output.size() < written_bytes_) {
        return refuse(Fault::OutputTooSmall, output.size(), written_bytes_);
    }
    if (!is_aligned(output.data(), image_alignment)) {
        return false;
    }
    layout.write_header(output);
    text_ = output.data() + layout.offset<SectionKind::Text>();
    next_relocation_ = output.data() + layout.offset<SectionKind::DataRelocations>();
    for (Piece const& piece : pieces()) {
        std::byte* const section = output.data() + layout.offset(std::size_t(piece.kind));
        bool const is_written =
            piece.kind == Piece::Kind::Text ? walk_text(piece) : write_data(piece, section);
        if (!is_written) {
            return false;
        }
    }
    if (layout.bytes<SectionKind::Entries>() != 0) {
        (void)write_entries(output.data() + layout.offset<SectionKind::Entries>());
    }
    write_rights(output.data() + layout.offset<SectionKind::Rights>());
    if (!maps.empty()) {
        __builtin_memcpy(output.data() + layout.offset<SectionKind::Maps>(), maps.data(),
                         maps.size());
    }
    return true;
}
static_assert(section_index(SectionKind::Text) == std::size_t(Piece::Kind::Text) &&
              section_index(SectionKind::Rodata) == std::size_t(Piece::Kind::Rodata) &&
              section_index(SectionKind::Data) == std::size_t(Piece::Kind::Data) &&
              section_index(SectionKind::Bss) == std::size_t(Piece::Kind::Bss));

[[gnu::always_inline]] inline bool ElfLink::write_data(Piece const& piece, std::byte* section) {
    if (piece.kind == Piece::Kind::Bss) {
        return true;
    }
    std::byte* const start = section + piece.base;
    __builtin_memcpy(start, contents(piece.section()).data(), piece.bytes);
    std::uint32_t free = 0;
    for (elf::Relocation const& relocation : relocations(piece)) {
        std::uint32_t const offset = relocation.offset;
        relocation_ = &relocation;
        come_to(piece.section().offset + offset);
        if (relocation.type != elf::RelocationType::Word64) {
            return refuse_relocation();
        }
        if (relocation.offset_high != 0 || offset < free ||
            !fits(offset, word_bytes, piece.bytes)) {
            return refuse(Fault::RelocationOutOfRange, offset, piece.bytes);
        }
        free = offset + word_bytes;
        DataRelocation place;
        if (!find_place(place)) {
            return false;
        }
        std::byte* const word = start + offset;
        store(word, load<std::uint64_t>(word) + place.offset);
        place.offset = piece.base + offset;
        store(next_relocation_, place.packed());
        next_relocation_ += sizeof(std::uint32_t);
    }
    return true;
}

std::uint32_t ElfLink::write_entries(std::byte* section) const {
    std::uint32_t const ranks = options_.listed == Listed::Roots ? called_rank : no_rank;
    std::uint32_t count = 0;
    for (Function const& function : functions()) {
        count += function.rank < ranks ? 1 : 0;
    }
    if (count == 1 && (ranks == called_rank || head().name == no_name)) {
        return 0;
    }
    std::byte* record = section;
    std::uint32_t name_offset = count * std::uint32_t(image_record_bytes);
    for (std::uint32_t rank = head_rank; rank < ranks; ++rank) {
        for (Function const& function : functions()) {
            if (function.rank != rank) {
                continue;
            }
            std::string_view const name = symbol_name(function.name);
            if (section != nullptr) {
                std::uint32_t const slot = to_slots(text_offset(function.piece, function.offset));
                store(record, ImageRecord{std::uint16_t(slot), std::uint16_t(name_offset)});
                __builtin_memcpy(section + name_offset, name.data(), name.size());
                record += image_record_bytes;
            }
            name_offset += std::uint32_t(name.size()) + 1;
        }
    }
    return name_offset;
}

// What is not written is zero, as the output is.
[[gnu::always_inline]] inline void ElfLink::write_rights(std::byte* section) const {
    store(section + offsetof(RightsRecord, map_bytes), options_.maps.bytes);
    store(section + offsetof(RightsRecord, helper_count), std::uint16_t(helpers_.size()));
    std::byte* to = section + rights_record_bytes;
    for (std::uint32_t id = 0; id < HelperSet::ids; ++id) {
        if (helpers_.has(id)) {
            store(to, std::uint16_t(id));
            to += sizeof(std::uint16_t);
        }
    }
}

Result<std::size_t> link_elf(Bytes object, WritableBytes output, LinkOptions const& options) {
    ElfLink link{object, options};
    if (!link.plan() || !link.write(output)) {
        return link.error();
    }
    return link.written_bytes();
}

}  // namespace mbpf::program
