// SPDX-License-Identifier: MIT
// Which functions of an object a run may start at, and which comes first (SPEC.md, "Entries of an
// object").
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/program/elf_linker.hpp"
#include "mbpf/program/elf_pieces.hpp"

namespace mbpf::program {

inline constexpr std::uint32_t no_name = 0xffff'ffff;  // No string table is as long.

class ElfEntries : public ElfPieces {
protected:
    static constexpr std::uint32_t max_functions = 32;
    using Functions = std::array<Function, max_functions + 1>;  // A head may be one more.

    // Ranks of entries. Named sections hold programs; .text holds what programs share.
    static constexpr std::uint8_t head_rank = 0;
    static constexpr std::uint8_t named_rank = 1;
    static constexpr std::uint8_t main_rank = 2;
    static constexpr std::uint8_t called_rank = 4;  // Added if another function calls it.
    static constexpr std::uint8_t no_rank = 8;

    ElfEntries(Bytes object, Pieces& pieces, ImageLayout::Sizes& sizes, Functions& functions)
        : ElfPieces{object, pieces, sizes}, functions_{functions.data()}, end_{functions.data()} {}

    // Finds the exported functions. Then every call is reported, then the head chosen.
    [[nodiscard]] bool collect_functions();
    // A call at byte `from` of `piece` to the target that was found.
    void note_call(Piece const& piece, std::uint32_t from);
    [[nodiscard]] Function const* choose_head(std::string_view const& entry);

    [[nodiscard]] std::span<Function const> functions() const { return {functions_, end_}; }

private:
    [[nodiscard]] bool is_empty(Piece const& piece, elf::Symbol const& symbol) const;
    [[nodiscard]] bool add(Piece const& piece, elf::Symbol const& symbol, std::uint8_t rank);
    [[nodiscard]] Function* find(std::string_view const& entry) const;

    Function* const functions_;
    Function* end_;
    Piece const* first_text_ = nullptr;  // What an object without symbols starts with.
};

}  // namespace mbpf::program
