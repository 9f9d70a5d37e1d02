// SPDX-License-Identifier: MIT
// Which fields of an instruction mean something, by shape. A field that means nothing must be
// zero (RFC 9669 section 3.1: "Unused fields SHALL be cleared to zero").
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/isa/isa.hpp"

namespace mbpf::verifier {

enum class Field : std::uint8_t {
    Dst = 1,         // a register that is read
    DstWritten = 2,  // a register that is written
    Src = 4,         // a register that is read
    SrcKind = 8,     // not a register: tells calls and wide loads apart
    Offset = 16,
    Imm = 32,
    Jump = 64,     // goes, or may go, elsewhere and on
    Leaves = 128,  // does not go on to the next
};

class Fields {
public:
    constexpr Fields() = default;
    template <class... F>
    explicit constexpr Fields(F... fields) : bits_{std::uint8_t((0u | ... | unsigned(fields)))} {}

    [[nodiscard]] constexpr bool has(Field field) const { return (bits_ & unsigned(field)) != 0; }
    [[nodiscard]] constexpr bool has_dst() const {
        return has(Field::Dst) || has(Field::DstWritten);
    }
    [[nodiscard]] constexpr bool has_src() const { return has(Field::Src) || has(Field::SrcKind); }

private:
    std::uint8_t bits_ = 0;
};

[[nodiscard]] constexpr Fields fields_of(isa::Shape shape) {
    using enum Field;
    switch (shape) {
        case isa::Shape::AluImm: return Fields{Dst, DstWritten, Imm};
        case isa::Shape::AluReg: return Fields{Dst, DstWritten, Src};
        case isa::Shape::DivideImm: return Fields{Dst, DstWritten, Offset, Imm};
        case isa::Shape::DivideReg: return Fields{Dst, DstWritten, Offset, Src};
        case isa::Shape::MoveReg: return Fields{DstWritten, Offset, Src};
        case isa::Shape::Negate: return Fields{Dst, DstWritten};
        case isa::Shape::ByteSwap: return Fields{Dst, DstWritten, Imm};
        case isa::Shape::JumpAlways: return Fields{Offset, Jump, Leaves};
        case isa::Shape::JumpLong: return Fields{Imm, Jump, Leaves};
        case isa::Shape::JumpImm: return Fields{Dst, Offset, Imm, Jump};
        case isa::Shape::JumpReg: return Fields{Dst, Src, Offset, Jump};
        case isa::Shape::Call: return Fields{SrcKind, Imm, Jump};
        case isa::Shape::Load: return Fields{DstWritten, Src, Offset};
        case isa::Shape::StoreImm: return Fields{Dst, Offset, Imm};
        case isa::Shape::StoreReg: return Fields{Dst, Src, Offset};
        case isa::Shape::AtomicReg: return Fields{Dst, Src, Offset, Imm};
        case isa::Shape::Wide: return Fields{DstWritten, SrcKind, Imm};
        case isa::Shape::WideSection: return Fields{DstWritten, Imm};
        case isa::Shape::Exit: return Fields{Leaves};
        case isa::Shape::Invalid:
        case isa::Shape::LegacyPacket:
        case isa::Shape::CallRegister: return Fields{};
    }
    return Fields{};
}

inline constexpr std::array field_rules = [] {
    std::array<Fields, std::size_t(isa::Shape::CallRegister) + 1> rules{};
    for (std::size_t i = 0; i < rules.size(); ++i) {
        rules[i] = fields_of(isa::Shape(i));
    }
    return rules;
}();

}  // namespace mbpf::verifier
