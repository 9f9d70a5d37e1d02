// SPDX-License-Identifier: MIT
// Selection is by type and flags, not by name: .rodata.str1.1, .data.rel.ro and SEC("hook") all
// say what they are. Names only exclude what loaders read and programs do not.
#include "mbpf/program/elf_pieces.hpp"

#include "mbpf/program/image.hpp"

namespace mbpf::program {

namespace {

constexpr std::uint32_t max_alignment = 16;  // Of the memory of a program (SPEC.md, "Machine").

// Whether sections whose names start like that are left out: license, .maps and .eh_frame. Four
// characters tell them from all names in use.
bool is_ignored(std::uint32_t name_start) {
    return name_start == four_characters("lice") || name_start == maps_name ||
           name_start == four_characters(".eh_");
}

bool is_loaded(elf::Section const& section) {
    return (section.flags & (elf::flag_alloc | elf::flag_exclude)) == elf::flag_alloc &&
           section.size != 0;
}

Piece::Kind kind_of(elf::Section const& section) {
    if (section.type == elf::SectionType::Nobits) {
        return Piece::Kind::Bss;
    }
    if ((section.flags & elf::flag_executable) != 0) {
        return Piece::Kind::Text;
    }
    return (section.flags & elf::flag_write) != 0 ? Piece::Kind::Data : Piece::Kind::Rodata;
}

// A power of two, whatever an object asks for. What asks for none gets that of an image.
constexpr std::uint32_t usable_alignment(std::uint32_t alignment) {
    std::uint32_t const wanted = alignment | image_alignment;
    return alignment == max_alignment ? max_alignment : wanted & (0 - wanted);
}

}  // namespace

bool ElfPieces::add(void const* source, std::uint32_t bytes, std::uint32_t alignment,
                    Piece::Kind kind) {
    if (pieces_end_ == pieces_ + capacity) {
        return refuse(Fault::TooManySections, capacity + 1, capacity);
    }
    if (kind == Piece::Kind::Text) {
        alignment = slot_bytes;  // Instructions are reached by slot, however functions are aligned.
    } else if (alignment > max_alignment) {
        return refuse(Fault::AlignmentUnsupported, alignment, max_alignment);
    } else if (alignment == max_alignment && kind == Piece::Kind::Rodata) {
        kind = Piece::Kind::Data;  // An image may lie at any multiple of 8; memory is better.
    }
    *pieces_end_ = {source, nullptr, bytes, usable_alignment(alignment), kind};
    ++pieces_end_;
    return true;
}

bool ElfPieces::collect_pieces() {
    for (elf::Section const& section : sections()) {
        Piece::Kind const kind = kind_of(section);
        bool const is_left_out = kind != Piece::Kind::Text && is_ignored(name_start(section));
        if (!is_loaded(section) || is_left_out) {
            continue;
        }
        come_to(section.offset);
        if (kind == Piece::Kind::Text && section.size % slot_bytes != 0) {
            return refuse(Fault::LengthNotAligned, section.size, slot_bytes);
        }
        if (!add(&section, section.size, section.alignment, kind)) {
            return false;
        }
    }
    come_to(0);
    for (elf::Symbol const& symbol : symbols()) {
        // The value of a common symbol is its alignment (gABI).
        if (symbol.section == elf::section_common &&
            !add(&symbol, symbol.size, symbol.value, Piece::Kind::Bss)) {
            return false;
        }
    }
    return attach_relocations();
}

[[gnu::always_inline]] inline bool ElfPieces::attach_relocations() {
    for (elf::Section const& section : sections()) {
        bool const is_rela = section.type == elf::SectionType::Rela;
        bool const is_for_piece = section.type == elf::SectionType::Rel || is_rela;
        Piece* const piece = is_for_piece ? find(this->section(section.info)) : nullptr;
        if (piece == nullptr) {
            continue;
        }
        if (is_rela || piece->relocations != nullptr || piece->kind == Piece::Kind::Bss ||
            this->section(section.link) != symbol_table()) {
            come_to(section.offset);
            return refuse(Fault::ElfUnsupported, std::size_t(section.type));
        }
        piece->relocations = &section;
        // Constants that hold addresses are written once, when the program is set up.
        if (piece->kind != Piece::Kind::Text) {
            piece->kind = Piece::Kind::Data;
            std::size_t const count = section.size / sizeof(elf::Relocation);
            sizes_[section_index(SectionKind::DataRelocations)] +=
                std::uint32_t(count * sizeof(std::uint32_t));
        }
    }
    return true;
}

std::span<elf::Relocation const> ElfPieces::relocations(Piece const& piece) const {
    if (piece.relocations == nullptr) {
        return {};
    }
    return records<elf::Relocation>(contents(*piece.relocations));
}

Piece* ElfPieces::find(void const* source) {
    for (Piece* piece = pieces_; piece != pieces_end_; ++piece) {
        if (piece->source == source) {
            return piece;
        }
    }
    return nullptr;
}

bool ElfPieces::place(Function const& head) {
    head_ = &head;
    sizes_[std::size_t(Piece::Kind::Text)] = head.bytes;
    std::uint32_t bss_alignment = image_alignment;
    for (Piece* piece = pieces_; piece != pieces_end_; ++piece) {
        std::uint32_t& end = sizes_[std::size_t(piece->kind)];
        if (piece->kind == Piece::Kind::Bss && piece->base > bss_alignment) {
            bss_alignment = piece->base;
        }
        piece->base = std::uint32_t(align_up(end, piece->base));
        end = piece->base + piece->bytes;  // All are below 2^28.
        if (piece == head.piece) {
            end -= head.bytes;
        }
        if (end > max_section_bytes) {
            return refuse(Fault::SectionMalformed, std::size_t(piece->kind) + 1);
        }
    }
    if (bytes(Piece::Kind::Bss) != 0) {
        std::uint32_t& data = sizes_[std::size_t(Piece::Kind::Data)];
        data = std::uint32_t(align_up(data, bss_alignment));
    }
    return true;
}

std::uint32_t ElfPieces::text_offset(Piece const* piece, std::uint32_t offset) const {
    if (piece == head_->piece && offset >= head_->offset) {
        if (offset - head_->offset < head_->bytes) {
            return offset - head_->offset;
        }
        offset -= head_->bytes;
    }
    return piece->base + offset;
}

bool ElfPieces::find_target() {
    std::uint32_t const index = relocation_->symbol;
    if (index >= symbols().size()) {
        return refuse(Fault::SymbolOutOfRange, index);
    }
    elf::Symbol const& symbol = symbols()[index];
    if (symbol.section == elf::section_undefined) {
        return refuse(Fault::SymbolUndefined, index);
    }
    void const* source = section(symbol.section);
    target_offset_ = symbol.value;
    if (symbol.section == elf::section_common) {
        source = &symbol;
        target_offset_ = 0;  // The value of a common symbol is an alignment.
    }
    target_ = find(source);
    return target_ != nullptr || refuse_relocation();
}

bool ElfPieces::find_place(DataRelocation& place) {
    if (!find_target()) {
        return false;
    }
    if (target_->kind == Piece::Kind::Text) {
        return refuse_relocation();
    }
    place.to_rodata = target_->kind == Piece::Kind::Rodata;
    place.offset = target_->base + target_offset_;
    if (target_->kind == Piece::Kind::Bss) {
        place.offset += bytes(Piece::Kind::Data);
    }
    return true;
}

bool ElfPieces::refuse_relocation() {
    return refuse(Fault::RelocationUnsupported, std::size_t(relocation_->type));
}

}  // namespace mbpf::program
