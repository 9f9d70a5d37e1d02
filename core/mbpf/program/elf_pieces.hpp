// SPDX-License-Identifier: MIT
// The pieces of an object that go into a program, and where each goes. A piece is a section, or a
// common symbol, which is storage without a section. Invariant after place(): every piece has a
// base.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/program/elf_object.hpp"
#include "mbpf/program/image_layout.hpp"

namespace mbpf::program {

struct Piece {
    // In the order of the first sections of an image.
    enum class Kind : std::uint8_t { Text, Rodata, Data, Bss };

    void const* source;               // Its section header; for a common symbol, the symbol.
    elf::Section const* relocations;  // The section that relocates this one, or null.
    std::uint32_t bytes;
    std::uint32_t base;  // In its section of the image; its alignment until place().
    Kind kind;

    // Of a piece that is not Bss.
    [[nodiscard]] elf::Section const& section() const {
        return *static_cast<elf::Section const*>(source);
    }
};

// A function that a run may start at.
struct Function {
    Piece const* piece;
    std::uint32_t offset;  // In the piece.
    std::uint32_t bytes;
    std::uint32_t name;  // As a symbol has it.
    std::uint8_t rank;   // The order in which entries stand in the image.
};

class ElfPieces : public ElfObject {
protected:
    static constexpr std::uint32_t capacity = 48;
    using Pieces = std::array<Piece, capacity>;

    ElfPieces(Bytes object, Pieces& pieces, ImageLayout::Sizes& sizes)
        : ElfObject{object}, sizes_{sizes}, pieces_{pieces.data()}, pieces_end_{pieces.data()} {}

    [[nodiscard]] bool collect_pieces();
    // `head` is the function that goes first, so that formats without entries start there.
    [[nodiscard]] bool place(Function const& head);

    [[nodiscard]] std::span<Piece const> pieces() const { return {pieces_, pieces_end_}; }
    [[nodiscard]] Function const& head() const { return *head_; }
    // Of all pieces of a kind together.
    [[nodiscard]] std::uint32_t bytes(Piece::Kind kind) const { return sizes_[std::size_t(kind)]; }
    [[nodiscard]] std::span<elf::Relocation const> relocations(Piece const& piece) const;

    // Where a byte of a text piece goes.
    [[nodiscard]] std::uint32_t text_offset(Piece const* piece, std::uint32_t offset) const;

    // Finds the symbol that relocation_ names. Refuses one that is undefined or in no piece.
    [[nodiscard]] bool find_target();
    // What it is in the data of the program, to which find_target() led after place().
    [[nodiscard]] bool find_place(DataRelocation& place);
    // Notes that nothing is known of relocation_, and returns false.
    bool refuse_relocation();

    elf::Relocation const* relocation_;  // The one that is being looked at, if any is.
    Piece const* target_;                // What find_target() found: a byte of a piece.
    std::uint32_t target_offset_;
    ImageLayout::Sizes& sizes_;  // Of all sections of the image, as far as they are known.

private:
    [[nodiscard]] bool add(void const* source, std::uint32_t bytes, std::uint32_t alignment,
                           Piece::Kind kind);
    [[nodiscard]] bool attach_relocations();
    [[nodiscard]] Piece* find(void const* source);

    Function const* head_;
    Piece* const pieces_;
    Piece* pieces_end_;
};

}  // namespace mbpf::program
