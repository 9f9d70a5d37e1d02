// SPDX-License-Identifier: MIT
// The pieces of an object that go into a program, and where each goes. A piece is a section, or a
// common symbol, which is storage without a section. Invariant after place(): every piece has a base.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/program/elf_object.hpp"

namespace mbpf::program {

struct Piece {
    enum class Kind : std::uint8_t { Text, Rodata, Data, Bss };

    void const* source;         // Its section header; for a common symbol, the symbol.
    std::uint32_t bytes;
    std::uint32_t base;         // In its section of the program; its alignment until place().
    std::uint16_t relocations;  // Index of the section that relocates this one; 0 if none does.
    Kind kind;
};

// The function that goes first, so that formats without entries start there.
struct Head {
    Piece const* piece;
    std::uint32_t offset;
    std::uint32_t bytes;
    elf::Symbol const* symbol;  // Null if it has none.
};

// An address in the data of a program, as data relocations and LDDWD/LDDWR express it.
struct DataPlace {
    std::uint32_t offset{};
    bool is_rodata{};
};

class ElfPieces {
public:
    static constexpr std::uint32_t capacity = 48;

    explicit ElfPieces(ElfObject& object) : object_{object} {}

    [[nodiscard]] bool collect();
    [[nodiscard]] bool place(Head const& head);

    [[nodiscard]] Piece const* begin() const { return pieces_.data(); }
    [[nodiscard]] Piece const* end() const { return pieces_.data() + size_; }
    [[nodiscard]] Head const& head() const { return head_; }
    // Of all pieces of a kind together.
    [[nodiscard]] std::uint32_t bytes(Piece::Kind kind) const {
        return sizes_[std::size_t(kind)];
    }
    // Of the data.
    [[nodiscard]] std::uint32_t relocation_count() const { return relocation_count_; }

    // Where a byte of a text piece goes.
    [[nodiscard]] std::uint32_t text_offset(Piece const* piece, std::uint32_t offset) const;

    // The symbol that a relocation at byte `where` of the object names, and the piece it is in.
    // Null if it is undefined or in no piece.
    [[nodiscard]] Piece const* target(elf::Relocation const& relocation, std::uint32_t where);
    // What it is in the data of the program.
    [[nodiscard]] bool read_place(elf::Relocation const& relocation, std::uint32_t where,
                                  DataPlace& place);

private:
    [[nodiscard]] bool add(void const* source, std::uint32_t bytes, std::uint32_t alignment,
                           Piece::Kind kind);
    [[nodiscard]] bool attach_relocations();
    [[nodiscard]] Piece* find(void const* source);

    ElfObject& object_;
    Head head_{};
    std::array<Piece, capacity> pieces_;  // The first size_ of them.
    std::array<std::uint32_t, 4> sizes_{};
    std::uint32_t size_ = 0;
    std::uint32_t relocation_count_ = 0;
};

}  // namespace mbpf::program
