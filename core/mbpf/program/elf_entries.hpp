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

class ElfEntries {
public:
    static constexpr std::uint32_t capacity = 32;

    // The order in which entries stand in the image.
    static constexpr std::uint8_t head_rank = 0;
    static constexpr std::uint8_t root_rank = 1;
    static constexpr std::uint8_t called_rank = 2;  // By another function.

    struct Function {
        Head head;
        std::uint8_t rank;
    };

    ElfEntries(ElfObject& object, ElfPieces const& pieces) : object_{object}, pieces_{pieces} {}

    // Finds the exported functions: those in named sections, which hold programs, before those in
    // .text, which hold what programs share. Then every call is reported, then the head chosen.
    [[nodiscard]] bool collect();
    void note_call(Piece const* from_piece, std::uint32_t from, Piece const* to_piece,
                   std::uint32_t to);
    [[nodiscard]] bool choose(LinkOptions const& options);

    // After choose(): the entries of the image, and the one that is first.
    [[nodiscard]] Head const& head() const { return head_; }
    [[nodiscard]] Function const* begin() const { return functions_.data(); }
    [[nodiscard]] Function const* end() const { return functions_.data() + size_; }
    [[nodiscard]] std::uint32_t size() const { return size_; }
    [[nodiscard]] std::string_view name(Function const& function) const {
        return function.head.symbol == nullptr ? "" : object_.name(*function.head.symbol);
    }

private:
    [[nodiscard]] bool add(Piece const& piece, elf::Symbol const& symbol);
    [[nodiscard]] Function* find(std::string_view entry);

    ElfObject& object_;
    ElfPieces const& pieces_;
    std::array<Function, capacity + 1> functions_;  // The first size_; a head may be one more.
    std::uint32_t size_ = 0;
    Head head_{};
    Piece const* first_text_ = nullptr;  // What an object without symbols starts with.
};

}  // namespace mbpf::program
