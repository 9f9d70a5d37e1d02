// SPDX-License-Identifier: MIT
// One 8-byte slot of a program (RFC 9669 section 3) and its fields.
//
//   byte 0    1          2..3            4..7
//   opcode    src | dst  offset (s16)    imm (s32)
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/isa/opcode.hpp"

namespace mbpf::isa {

// A slot as two little-endian words, the form in which engines fetch it.
struct Slot {
    std::uint32_t low{};
    std::uint32_t high{};

    [[nodiscard]] constexpr std::uint8_t opcode() const { return std::uint8_t(low); }
    [[nodiscard]] constexpr std::uint8_t dst() const { return (low >> 8) & 0xf; }
    [[nodiscard]] constexpr std::uint8_t src() const { return (low >> 12) & 0xf; }
    [[nodiscard]] constexpr std::int16_t offset() const { return std::int16_t(low >> 16); }
    [[nodiscard]] constexpr std::int32_t imm() const { return std::int32_t(high); }

    friend constexpr bool operator==(Slot, Slot) = default;
};
static_assert(sizeof(Slot) == slot_bytes);

[[nodiscard]] constexpr Slot make_slot(std::uint8_t opcode, std::uint8_t dst, std::uint8_t src,
                                       std::int16_t offset, std::int32_t imm) {
    return {std::uint32_t(opcode) | std::uint32_t(dst) << 8 | std::uint32_t(src) << 12 |
                std::uint32_t(std::uint16_t(offset)) << 16,
            std::uint32_t(imm)};
}

// The slot at `from`. Word by word: of a structure read as a whole, GCC makes a copy on the stack.
[[nodiscard]] inline Slot load_slot(std::byte const* from) {
    return {load<std::uint32_t>(from), load<std::uint32_t>(from + 4)};
}

// A program text: whole slots at an address that is a multiple of 4 (a Femto-Containers image
// puts its text at 28 + 8n). Reads go through `load`, because no Slot object lives there.
class Text {
public:
    constexpr Text() = default;
    explicit constexpr Text(Bytes bytes) : bytes_{bytes} {}

    [[nodiscard]] constexpr std::uint32_t slots() const {
        return std::uint32_t(bytes_.size() / slot_bytes);
    }
    [[nodiscard]] constexpr Bytes bytes() const { return bytes_; }

    // The slot at `pc`, which must be below slots().
    [[nodiscard]] Slot operator[](Pc pc) const {
        return load_slot(bytes_.data() + std::size_t(pc.slot) * slot_bytes);
    }

private:
    Bytes bytes_;
};

// Whether `left`, an LSH64 by a constant, and `right` shift one register by 32 and back: so
// compilers without 32-bit arithmetic (version 2 of the instruction set) clear its upper half.
[[nodiscard]] constexpr bool clears_upper_half(Slot left, Slot right) {
    constexpr std::uint32_t to_right = std::uint32_t(Alu::Rsh) - std::uint32_t(Alu::Lsh);
    return left.imm() == 32 && right.low == left.low + to_right && right.imm() == 32;
}

inline constexpr std::uint8_t frame_pointer = 10;   // r10
inline constexpr std::uint8_t register_count = 11;  // r0 to r10
inline constexpr std::uint8_t first_saved_register = 6;
inline constexpr std::uint8_t saved_register_count = 4;  // r6 to r9

// Source field of an LDDW that loads the handle of map number imm (RFC 9669 section 5.4). Here the
// handle is that number: engines load it as any other.
inline constexpr std::uint8_t map_by_index = 5;

}  // namespace mbpf::isa
