// SPDX-License-Identifier: MIT
// The linking of one object. Two walks over the text: the first learns who calls whom and which
// helpers are used, the second writes. In between, everything is measured, so that nothing is
// written unless all of it fits.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/program/elf_entries.hpp"
#include "mbpf/program/elf_pieces.hpp"
#include "mbpf/program/elf_text.hpp"

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

class ElfLink {
public:
    explicit ElfLink(Bytes object) : object_{object}, pieces_{object_}, entries_{object_, pieces_} {}
    ElfLink(ElfLink const&) = delete;  // Its members refer to each other.

    [[nodiscard]] bool plan(LinkOptions const& options);
    [[nodiscard]] bool write(WritableBytes output, LinkOptions const& options);

    [[nodiscard]] ElfObject const& object() const { return object_; }
    [[nodiscard]] ElfPieces const& pieces() const { return pieces_; }
    [[nodiscard]] std::size_t written_bytes() const { return written_bytes_; }
    [[nodiscard]] Error error() const { return object_.error(); }

private:
    // One walk over a text piece; `text` is where the text goes, unused while is_survey_.
    [[nodiscard]] bool walk_text(Piece const& piece, std::byte* text);
    [[nodiscard]] bool link_call(TextWalk& walk, Piece const& piece, isa::Slot& slot);
    [[nodiscard]] bool link_wide(TextWalk& walk, isa::Slot& slot, isa::Slot& tail);
    [[nodiscard]] bool check_jump(TextWalk const& walk, Piece const& piece);
    [[nodiscard]] bool write_data(Piece const& piece, std::byte* section);

    // The entries section: measures it, and writes it if `section` is not null.
    [[nodiscard]] std::uint32_t write_entries(std::byte* section, Listed listed) const;
    void write_rights(std::byte* section) const;

    ElfObject object_;
    ElfPieces pieces_;
    ElfEntries entries_;
    HelperSet helpers_;
    std::byte* next_relocation_ = nullptr;  // In the output.
    std::size_t written_bytes_ = 0;
    bool is_survey_ = true;
};

}  // namespace mbpf::program
