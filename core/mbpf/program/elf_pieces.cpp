// SPDX-License-Identifier: MIT
// Selection is by type and flags, not by name: .rodata.str1.1, .data.rel.ro and SEC("hook") all
// say what they are. Names only exclude what loaders read and programs do not.
#include "mbpf/program/elf_pieces.hpp"

#include "mbpf/program/image.hpp"

namespace mbpf::program {

namespace {

constexpr std::uint32_t max_alignment = 8;  // The memory of a program is aligned to 8, not more.

// Whether `section` takes part. license, .maps and .eh_frame do not: their first four characters
// tell them from all names in use.
bool takes_part(ElfObject const& object, elf::Section const& section) {
    std::uint32_t const start = object.name_start(section);
    bool const is_ignored = start == four_characters("lice") || start == four_characters(".map") ||
                            start == four_characters(".eh_");
    bool const is_loaded =
        (section.flags & (elf::flag_alloc | elf::flag_exclude)) == elf::flag_alloc;
    return is_loaded && section.size != 0 && !is_ignored;
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

// Anything but a power of two counts as no alignment at all.
constexpr std::uint32_t usable_alignment(std::uint32_t alignment) {
    if (alignment > max_alignment) {
        return max_alignment;
    }
    return (alignment & (alignment - 1)) != 0 || alignment == 0 ? 1 : alignment;
}

}  // namespace

bool ElfPieces::add(void const* source, std::uint32_t bytes, std::uint32_t alignment,
                    Piece::Kind kind) {
    if (size_ == capacity) {
        return object_.refuse(Fault::TooManySections, 0, capacity + 1, capacity);
    }
    pieces_[size_] = {source, bytes, usable_alignment(alignment), 0, kind};
    ++size_;
    return true;
}

bool ElfPieces::collect() {
    for (elf::Section const& section : object_.sections()) {
        if (!takes_part(object_, section)) {
            continue;
        }
        Piece::Kind const kind = kind_of(section);
        if (kind == Piece::Kind::Text && section.size % slot_bytes != 0) {
            return object_.refuse(Fault::LengthNotAligned, section.offset, section.size,
                                  slot_bytes);
        }
        if (!add(&section, section.size, section.alignment, kind)) {
            return false;
        }
    }
    for (elf::Symbol const& symbol : object_.symbols()) {
        // The value of a common symbol is its alignment (gABI).
        if (symbol.section == elf::section_common &&
            !add(&symbol, symbol.size, symbol.value, Piece::Kind::Bss)) {
            return false;
        }
    }
    return attach_relocations();
}

bool ElfPieces::attach_relocations() {
    std::uint32_t index = 0;
    for (elf::Section const& section : object_.sections()) {
        bool const is_rela = section.type == elf::SectionType::Rela;
        bool const is_for_piece = section.type == elf::SectionType::Rel || is_rela;
        Piece* const piece = is_for_piece ? find(object_.section(section.info)) : nullptr;
        if (piece != nullptr) {
            if (is_rela || piece->relocations != 0 || piece->kind == Piece::Kind::Bss ||
                section.link != object_.symbol_table()) {
                return object_.refuse(Fault::ElfUnsupported, section.offset,
                                      std::size_t(section.type));
            }
            piece->relocations = std::uint16_t(index);
            // Constants that hold addresses are written once, when the program is set up.
            if (piece->kind != Piece::Kind::Text) {
                piece->kind = Piece::Kind::Data;
                relocation_count_ += std::uint32_t(object_.relocations(index).size());
            }
        }
        ++index;
    }
    return true;
}

Piece* ElfPieces::find(void const* source) {
    for (std::uint32_t i = 0; i < size_; ++i) {
        if (pieces_[i].source == source) {
            return &pieces_[i];
        }
    }
    return nullptr;
}

bool ElfPieces::place(Head const& head) {
    head_ = head;
    sizes_[std::size_t(Piece::Kind::Text)] = head.bytes;
    for (std::uint32_t i = 0; i < size_; ++i) {
        Piece& piece = pieces_[i];
        std::uint32_t const moved = &piece == head.piece ? head.bytes : 0;
        std::uint32_t const alignment = piece.kind == Piece::Kind::Text ? 1 : piece.base;
        std::uint32_t& end = sizes_[std::size_t(piece.kind)];
        piece.base = std::uint32_t(align_up(end, alignment));
        end = piece.base + piece.bytes - moved;  // All are below 2^28.
        if (end > max_section_bytes) {
            return object_.refuse(Fault::SectionMalformed, 0, std::size_t(piece.kind) + 1);
        }
    }
    if (bytes(Piece::Kind::Bss) != 0) {
        std::uint32_t& data = sizes_[std::size_t(Piece::Kind::Data)];
        data = std::uint32_t(align_up(data, max_alignment));
    }
    return true;
}

std::uint32_t ElfPieces::text_offset(Piece const* piece, std::uint32_t offset) const {
    if (piece == head_.piece && offset >= head_.offset) {
        if (offset - head_.offset < head_.bytes) {
            return offset - head_.offset;
        }
        offset -= head_.bytes;
    }
    return piece->base + offset;
}

Piece const* ElfPieces::target(elf::Relocation const& relocation, std::uint32_t where) {
    if (relocation.symbol >= object_.symbols().size()) {
        object_.refuse(Fault::SymbolOutOfRange, where, relocation.symbol);
        return nullptr;
    }
    elf::Symbol const& symbol = object_.symbols()[relocation.symbol];
    if (symbol.section == elf::section_undefined) {
        object_.refuse(Fault::SymbolUndefined, where, relocation.symbol);
        return nullptr;
    }
    void const* source = object_.section(symbol.section);
    if (symbol.section == elf::section_common) {
        source = &symbol;
    }
    Piece const* const piece = find(source);
    if (piece == nullptr) {
        object_.refuse_relocation(relocation, where);
    }
    return piece;
}

bool ElfPieces::read_place(elf::Relocation const& relocation, std::uint32_t where,
                           DataPlace& place) {
    Piece const* const piece = target(relocation, where);
    if (piece == nullptr) {
        return false;
    }
    if (piece->kind == Piece::Kind::Text) {
        return object_.refuse_relocation(relocation, where);
    }
    elf::Symbol const& symbol = object_.symbols()[relocation.symbol];
    place.is_rodata = piece->kind == Piece::Kind::Rodata;
    // The value of a common symbol is an alignment.
    place.offset = piece->base + (piece->source == &symbol ? 0 : symbol.value);
    if (piece->kind == Piece::Kind::Bss) {
        place.offset += bytes(Piece::Kind::Data);
    }
    return true;
}

}  // namespace mbpf::program
