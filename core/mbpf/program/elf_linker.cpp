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

bool ElfLink::plan(LinkOptions const& options) {
    if (!object_.open() || !pieces_.collect() || !entries_.collect()) {
        return false;
    }
    for (Piece const& piece : pieces_) {
        if (piece.kind == Piece::Kind::Text && !walk_text(piece, nullptr)) {
            return false;
        }
    }
    is_survey_ = false;
    if (!entries_.choose(options) || !pieces_.place(entries_.head())) {
        return false;
    }
    std::uint32_t const slots = to_slots(pieces_.bytes(Piece::Kind::Text));
    if (slots > max_text_slots) {
        return object_.refuse(Fault::TextTooLong, 0, slots, max_text_slots);
    }
    // Relocated words do not overlap; more of them than words would not fit a section of the image.
    std::uint32_t const words = pieces_.bytes(Piece::Kind::Data) / word_bytes;
    return pieces_.relocation_count() <= words ||
           object_.refuse(Fault::RelocationOutOfRange, 0, pieces_.relocation_count(), words);
}

bool ElfLink::write(WritableBytes output, LinkOptions const& options) {
    ImageLayout::Sizes const sizes{
        pieces_.bytes(Piece::Kind::Text),
        pieces_.bytes(Piece::Kind::Rodata),
        pieces_.bytes(Piece::Kind::Data),
        pieces_.bytes(Piece::Kind::Bss),
        write_entries(nullptr, options.listed),
        std::uint32_t(rights_record_bytes + helpers_.size() * sizeof(std::uint16_t)),
        pieces_.relocation_count() * std::uint32_t(sizeof(std::uint32_t)),
        0,
    };
    ImageLayout const layout{sizes};
    written_bytes_ = layout.total_bytes();
    if (output.size() < written_bytes_) {
        return object_.refuse(Fault::OutputTooSmall, 0, output.size(), written_bytes_);
    }
    if (std::size_t const misaligned = address_of(output.data()) % image_alignment;
        misaligned != 0) {
        return object_.refuse(Fault::AddressNotAligned, 0, misaligned, image_alignment);
    }
    layout.write_header(output);
    std::byte* const start = output.data();
    next_relocation_ = start + layout.offset<SectionKind::DataRelocations>();
    for (Piece const& piece : pieces_) {
        if (piece.kind == Piece::Kind::Bss) {
            continue;
        }
        // The first kinds of pieces are the first sections of an image.
        std::byte* const section = start + layout.offset(std::size_t(piece.kind));
        bool const is_written = piece.kind == Piece::Kind::Text ? walk_text(piece, section)
                                                                : write_data(piece, section);
        if (!is_written) {
            return false;
        }
    }
    if (layout.bytes<SectionKind::Entries>() != 0) {
        (void)write_entries(start + layout.offset<SectionKind::Entries>(), options.listed);
    }
    write_rights(start + layout.offset<SectionKind::Rights>());
    return true;
}
static_assert(section_index(SectionKind::Text) == std::size_t(Piece::Kind::Text) &&
              section_index(SectionKind::Rodata) == std::size_t(Piece::Kind::Rodata) &&
              section_index(SectionKind::Data) == std::size_t(Piece::Kind::Data));

bool ElfLink::walk_text(Piece const& piece, std::byte* text) {
    TextWalk walk{object_, pieces_, piece};
    isa::Slot tail;
    bool is_tail = false;
    while (walk.next()) {
        isa::Slot slot = is_tail ? tail : walk.slot();
        is_tail = false;
        bool is_linked = true;
        if (walk.is_local_call()) {
            is_linked = link_call(walk, piece, slot);
        } else if (is_survey_) {
            helpers_.add(walk.is_helper_call() ? slot.high : HelperSet::ids);
        } else if (walk.is_relocated()) {
            is_tail = true;
            is_linked = link_wide(walk, slot, tail);
        } else {
            is_linked = check_jump(walk, piece);
        }
        if (!is_linked) {
            return false;
        }
        if (!is_survey_) {
            store(text + pieces_.text_offset(&piece, walk.offset()), slot);
        }
    }
    return walk.is_done();
}

bool ElfLink::link_call(TextWalk& walk, Piece const& piece, isa::Slot& slot) {
    std::uint32_t offset = 0;
    Piece const* const target = walk.read_target(offset);
    if (target == nullptr) {
        return false;
    }
    if (is_survey_) {
        entries_.note_call(&piece, walk.offset(), target, offset);
    }
    std::uint32_t const from = to_slots(pieces_.text_offset(&piece, walk.offset()));
    std::uint32_t const to = to_slots(pieces_.text_offset(target, offset));
    constexpr std::uint32_t source_mask = 0xf000;
    slot = {(slot.low & ~source_mask) | TextWalk::local_call << 12, to - from - 1};
    return true;
}

bool ElfLink::link_wide(TextWalk& walk, isa::Slot& slot, isa::Slot& tail) {
    elf::Relocation const& relocation = walk.relocation();
    bool const is_plain_lddw =
        slot.opcode() == std::uint8_t(isa::Opcode::Lddw) && slot.src() == 0 && walk.has_tail();
    if (relocation.type != elf::RelocationType::Wide64 || !is_plain_lddw) {
        return object_.refuse_relocation(relocation, walk.where());
    }
    DataPlace place;
    if (!pieces_.read_place(relocation, walk.where(), place)) {
        return false;
    }
    tail = walk.tail();
    std::uint64_t const imm = (slot.high | std::uint64_t(tail.high) << 32) + place.offset;
    isa::Opcode const opcode = place.is_rodata ? isa::Opcode::LddwRodata : isa::Opcode::LddwData;
    constexpr std::uint32_t opcode_mask = 0xff;
    slot = {(slot.low & ~opcode_mask) | std::uint32_t(opcode), std::uint32_t(imm)};
    tail.high = std::uint32_t(imm >> 32);
    return true;
}

// A jump that leaves the piece of text that moves with it would land elsewhere than it says.
bool ElfLink::check_jump(TextWalk const& walk, Piece const& piece) {
    isa::Slot const slot = walk.slot();
    isa::Class const kind = isa::class_of(slot.opcode());
    isa::Jump const jump = isa::Jump(slot.opcode() & 0xf0);
    bool const is_jump = (kind == isa::Class::Jmp || kind == isa::Class::Jmp32) &&
                         jump != isa::Jump::Call && jump != isa::Jump::Exit;
    if (!is_jump) {
        return true;
    }
    bool const is_long = slot.opcode() == std::uint8_t(isa::Opcode::Ja32);
    std::uint32_t const distance =
        1 + std::uint32_t(is_long ? slot.imm() : std::int32_t(slot.offset()));
    // Slots, modulo 2^32: see TextWalk::read_target().
    std::uint32_t const at = to_slots(pieces_.text_offset(&piece, walk.offset()));
    std::uint32_t const target = to_slots(walk.offset()) + distance;
    std::uint32_t const target_offset = target * std::uint32_t(slot_bytes);
    return (target < to_slots(piece.bytes) &&
            to_slots(pieces_.text_offset(&piece, target_offset)) == at + distance) ||
           object_.refuse(Fault::JumpOutOfFunction, at, at + distance);
}

bool ElfLink::write_data(Piece const& piece, std::byte* section_start) {
    auto const& section = *static_cast<elf::Section const*>(piece.source);
    std::byte* const start = section_start + piece.base;
    __builtin_memcpy(start, object_.contents(section).data(), section.size);
    if (piece.relocations == 0) {
        return true;
    }
    std::uint32_t free = 0;
    for (elf::Relocation const& relocation : object_.relocations(piece.relocations)) {
        std::uint32_t const where = section.offset + relocation.offset;
        if (relocation.type != elf::RelocationType::Word64) {
            return object_.refuse_relocation(relocation, where);
        }
        if (relocation.offset_high != 0 || relocation.offset < free ||
            !fits(relocation.offset, word_bytes, section.size)) {
            return object_.refuse(Fault::RelocationOutOfRange, where, relocation.offset,
                                  section.size);
        }
        free = relocation.offset + word_bytes;
        DataPlace place;
        if (!pieces_.read_place(relocation, where, place)) {
            return false;
        }
        std::byte* const word = start + relocation.offset;
        store(word, load<std::uint64_t>(word) + place.offset);
        DataRelocation const record{piece.base + relocation.offset, place.is_rodata};
        store(next_relocation_, record.packed());
        next_relocation_ += sizeof(std::uint32_t);
    }
    return true;
}

std::uint32_t ElfLink::write_entries(std::byte* section, Listed listed) const {
    std::uint32_t const count = entries_.size();
    if (count == 1 && (listed == Listed::Roots || entries_.head().symbol == nullptr)) {
        return 0;
    }
    std::byte* record = section;
    std::uint32_t name_offset = count * std::uint32_t(image_record_bytes);
    for (std::uint8_t rank = ElfEntries::head_rank; rank <= ElfEntries::called_rank; ++rank) {
        for (ElfEntries::Function const& function : entries_) {
            if (function.rank != rank) {
                continue;
            }
            std::string_view const name = entries_.name(function);
            if (section != nullptr) {
                Head const& head = function.head;
                std::uint32_t const slot = to_slots(pieces_.text_offset(head.piece, head.offset));
                store(record, ImageRecord{std::uint16_t(slot), std::uint16_t(name_offset)});
                __builtin_memcpy(section + name_offset, name.data(), name.size());
                record += image_record_bytes;
            }
            name_offset += std::uint32_t(name.size()) + 1;
        }
    }
    return name_offset;
}

void ElfLink::write_rights(std::byte* section) const {
    RightsRecord record;
    record.helper_count = std::uint16_t(helpers_.size());
    store(section, record);
    std::byte* to = section + rights_record_bytes;
    for (std::uint32_t id = 0; id < HelperSet::ids; ++id) {
        if (helpers_.has(id)) {
            store(to, std::uint16_t(id));
            to += sizeof(std::uint16_t);
        }
    }
}

Result<std::size_t> link_elf(Bytes object, WritableBytes output, LinkOptions const& options) {
    ElfLink link{object};
    if (!link.plan(options) || !link.write(output, options)) {
        return link.error();
    }
    return link.written_bytes();
}

}  // namespace mbpf::program
