// SPDX-License-Identifier: MIT
// Walks the slots of a text piece together with its relocations. Relocations must ascend, as every
// assembler and linker writes them, so that one pass is linear and needs no memory.
#pragma once

#include <cstdint>
#include <span>

#include "mbpf/base/base.hpp"
#include "mbpf/isa/isa.hpp"
#include "mbpf/program/elf_pieces.hpp"

namespace mbpf::program {

class TextWalk {
public:
    TextWalk(ElfObject& object, ElfPieces& pieces, Piece const& piece);

    // Whether there is another slot; the accessors below speak of it. False at the end, too, and
    // where relocations are wrong: then is_done() is false.
    [[nodiscard]] bool next();
    [[nodiscard]] bool is_done() const { return is_done_; }

    [[nodiscard]] std::uint32_t offset() const { return offset_; }  // In the piece.
    [[nodiscard]] isa::Slot slot() const { return slot_; }
    // The slot behind this one: the second half of an LDDW. There is none behind the last.
    [[nodiscard]] bool has_tail() const { return next_offset_ != code_.size(); }
    [[nodiscard]] isa::Slot tail() const { return load<isa::Slot>(code_, next_offset_); }
    [[nodiscard]] bool is_relocated() const { return is_relocated_; }
    [[nodiscard]] elf::Relocation const& relocation() const { return relocations_.front(); }
    // Of the slot in the object, for errors.
    [[nodiscard]] std::uint32_t where() const { return section_.offset + offset_; }

    [[nodiscard]] bool is_call() const {
        return slot_.opcode() == std::uint8_t(isa::Opcode::Call);
    }
    [[nodiscard]] bool is_helper_call() const {
        return is_call() && slot_.src() == 0 && !is_relocated_;
    }
    [[nodiscard]] bool is_local_call() const {
        return is_call() && (slot_.src() == local_call || (slot_.src() == 0 && is_relocated_));
    }
    // The function that a local call means: its piece, or null, and where it starts there.
    [[nodiscard]] Piece const* read_target(std::uint32_t& offset);

    static constexpr std::uint8_t local_call = 1;  // Source field of a call within the program.

private:
    ElfObject& object_;
    ElfPieces& pieces_;
    Piece const& piece_;
    elf::Section const& section_;
    std::span<elf::Relocation const> relocations_;  // From that of the slot, if it has one.
    Bytes code_;
    isa::Slot slot_;
    std::uint32_t offset_ = 0;
    std::uint32_t next_offset_ = 0;
    bool is_relocated_ = false;
    bool is_done_ = false;
};

}  // namespace mbpf::program
