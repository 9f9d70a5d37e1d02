// SPDX-License-Identifier: MIT
// Which registers an instruction reads and writes, by its operands: what calls, atomic operations
// and the end of a function do besides is up to who asks.
#pragma once

#include "mbpf/isa/isa.hpp"

namespace mbpf::jit {

class Roles {
public:
    explicit constexpr Roles(isa::Slot const& slot);

    [[nodiscard]] constexpr bool reads_dst() const { return (bits_ & reads_dst_bit) != 0; }
    [[nodiscard]] constexpr bool reads_src() const { return (bits_ & reads_src_bit) != 0; }
    [[nodiscard]] constexpr bool writes_dst() const { return (bits_ & writes_dst_bit) != 0; }
    // Loads: src is an address. Stores and atomic operations: dst is.
    [[nodiscard]] constexpr bool loads() const { return (bits_ & loads_bit) != 0; }
    [[nodiscard]] constexpr bool stores() const { return (bits_ & stores_bit) != 0; }
    [[nodiscard]] constexpr bool accesses() const {
        return (bits_ & (loads_bit | stores_bit)) != 0;
    }
    // What it reads: `dst_part` and `src_part`.
    [[nodiscard]] constexpr std::uint32_t parts() const { return bits_ & (dst_part | src_part); }
    // Those whose upper halves decide the upper half of the result, if nothing is known of it,
    [[nodiscard]] constexpr std::uint32_t high_parts() const {
        return (bits_ & wide_bit) == 0 ? 0 : (bits_ & shifts_bit) == 0 ? parts() : dst_part;
    }
    // and whether they decide the lower half, too.
    [[nodiscard]] constexpr bool goes_down() const { return (bits_ & down_bit) != 0; }

    static constexpr std::uint32_t dst_part = 1;
    static constexpr std::uint32_t src_part = 2;

private:
    friend class RolesTable;
    static constexpr std::uint8_t reads_dst_bit = dst_part;
    static constexpr std::uint8_t reads_src_bit = src_part;
    static constexpr std::uint8_t writes_dst_bit = 4;
    static constexpr std::uint8_t loads_bit = 8;
    static constexpr std::uint8_t stores_bit = 16;
    static constexpr std::uint8_t wide_bit = 32;    // Computes with 64 bits;
    static constexpr std::uint8_t shifts_bit = 64;  // the low half of src, if at all.
    static constexpr std::uint8_t down_bit = 128;

    std::uint8_t bits_;
};

// By opcode.
class RolesTable {
public:
    consteval RolesTable() {
        for (std::uint32_t opcode = 0; opcode < 256; ++opcode) {
            rows_[opcode] =
                std::uint8_t(operands(std::uint8_t(opcode)) | width(std::uint8_t(opcode)));
        }
    }
    [[nodiscard]] constexpr std::uint8_t operator[](std::uint8_t opcode) const {
        return rows_[opcode];
    }

private:
    static consteval std::uint32_t operands(std::uint8_t opcode) {
        constexpr std::uint32_t changes = Roles::reads_dst_bit | Roles::writes_dst_bit;
        switch (isa::shape_of(opcode)) {
            case isa::Shape::AluImm:
                return isa::Alu(opcode & 0xf0) == isa::Alu::Mov ? Roles::writes_dst_bit : changes;
            case isa::Shape::DivideImm:
            case isa::Shape::Negate:
            case isa::Shape::ByteSwap: return changes;
            case isa::Shape::AluReg:
            case isa::Shape::DivideReg: return changes | Roles::reads_src_bit;
            case isa::Shape::MoveReg: return Roles::reads_src_bit | Roles::writes_dst_bit;
            case isa::Shape::JumpImm: return Roles::reads_dst_bit;
            case isa::Shape::JumpReg: return Roles::reads_dst_bit | Roles::reads_src_bit;
            case isa::Shape::Load:
                return Roles::reads_src_bit | Roles::writes_dst_bit | Roles::loads_bit;
            case isa::Shape::StoreImm: return Roles::reads_dst_bit | Roles::stores_bit;
            case isa::Shape::StoreReg:
            case isa::Shape::AtomicReg:
                return Roles::reads_dst_bit | Roles::reads_src_bit | Roles::stores_bit;
            case isa::Shape::Wide:
            case isa::Shape::WideSection: return Roles::writes_dst_bit;
            default: return 0;
        }
    }
    static consteval std::uint32_t width(std::uint8_t opcode) {
        if (isa::class_of(opcode) != isa::Class::Alu64) {
            return 0;
        }
        switch (isa::Alu(opcode & 0xf0)) {
            case isa::Alu::Lsh: return Roles::wide_bit | Roles::shifts_bit;
            case isa::Alu::Rsh:
            case isa::Alu::Arsh: return Roles::wide_bit | Roles::shifts_bit | Roles::down_bit;
            case isa::Alu::Div:
            case isa::Alu::Mod: return Roles::wide_bit | Roles::down_bit;
            default: return Roles::wide_bit;
        }
    }

    std::uint8_t rows_[256]{};
};

inline constexpr RolesTable roles_table;

constexpr Roles::Roles(isa::Slot const& slot) : bits_{roles_table[slot.opcode()]} {}

}  // namespace mbpf::jit
