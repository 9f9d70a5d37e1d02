// SPDX-License-Identifier: MIT
// The linking of one object. Two walks over the text: the first learns who calls whom and which
// helpers are used, the second writes. In between, everything is measured, so that nothing is
// written unless all of it fits.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/isa/isa.hpp"
#include "mbpf/program/elf_entries.hpp"

namespace mbpf::program {

// Ids of the helpers that a program calls. An id past the end is left to the verifier, which knows
// the pc: no helper has such an id.
class HelperSet {
public:
    static constexpr std::uint32_t ids = 256;

    void add(std::uint32_t id) {
        if (id < ids && !has(id)) {
            bits_[id / 32] |= 1u << (id % 32);
            ++size_;
        }
    }
    [[nodiscard]] bool has(std::uint32_t id) const {
        return (bits_[id / 32] >> (id % 32) & 1) != 0;
    }
    [[nodiscard]] std::uint32_t size() const { return size_; }

private:
    std::array<std::uint32_t, ids / 32> bits_{};
    std::uint32_t size_ = 0;
};

class ElfLink : private ElfEntries {
public:
    ElfLink(Bytes object, LinkOptions const& options);
    ElfLink(ElfLink const&) = delete;

    [[nodiscard]] bool plan();
    [[nodiscard]] bool write(WritableBytes output);

    using Refusable::error;
    [[nodiscard]] std::uint32_t text_bytes() const { return bytes(Piece::Kind::Text); }
    [[nodiscard]] std::size_t written_bytes() const { return written_bytes_; }
    // Where the slot at `text_offset` of the linked text came from.
    [[nodiscard]] TextOrigin origin(std::uint32_t text_offset) const;

private:
    // One walk over a text piece. Relocations must ascend, as every assembler and linker writes
    // them, so that one pass is linear and needs no memory.
    [[nodiscard]] bool walk_text(Piece const& piece);
    [[nodiscard]] bool link_slot();
    [[nodiscard]] bool link_call();
    [[nodiscard]] bool link_wide();
    [[nodiscard]] bool is_about_map() const;
    [[nodiscard]] bool link_map();
    [[nodiscard]] bool check_jump();
    // The function that a local call means becomes the target.
    [[nodiscard]] bool find_callee();
    void load_slot();
    void store_slot() const;
    [[nodiscard]] std::uint32_t slot_offset() const { return text_offset(piece_, offset_); }

    [[nodiscard]] bool write_data(Piece const& piece, std::byte* section);

    // The entries section: measures it, and writes it if `section` is not null.
    [[nodiscard]] std::uint32_t write_entries(std::byte* section) const;
    void write_rights(std::byte* section) const;

    // The slot that is being linked; relocation_ is its own, if it has one.
    isa::Slot slot_;
    Piece const* piece_;
    std::uint32_t offset_;  // In the piece.

    std::byte* text_ = nullptr;   // In the output; null during the first walk.
    std::byte* next_relocation_;  // In the output.
    std::uint32_t written_bytes_;
    LinkOptions const& options_;
    HelperSet helpers_;

    // The memory of the layers below: behind everything else, which short instructions then reach.
    ImageLayout::Sizes sizes_space_{};
    Pieces pieces_space_;
    Functions functions_space_;
};

}  // namespace mbpf::program
