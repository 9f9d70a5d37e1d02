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
    // Whether it does nothing but write dst.
    [[nodiscard]] constexpr bool computes() const {
        return (bits_ & (writes_dst_bit | loads_bit)) == writes_dst_bit;
    }
    // Atomic operations store; and load, but not to dst.
    [[nodiscard]] constexpr bool is_atomic() const { return bits_ >= (down_bit | stores_bit); }
    // Whether it reads and writes more than its operands.
    [[nodiscard]] constexpr bool has_effect() const { return bits_ == 0 || is_atomic(); }
    // Which operands it reads: `dst_part` and `src_part`.
    [[nodiscard]] constexpr std::uint32_t parts() const { return bits_ & (dst_part | src_part); }
    // Those whose upper halves may matter to it: if not goes_down(), for the upper half of the
    // result only, or for what a comparison yields.
    [[nodiscard]] constexpr std::uint32_t high_parts() const { return bits_ >> high_at & 3; }
    [[nodiscard]] constexpr bool goes_down() const {
        return (bits_ & (down_bit | loads_bit | stores_bit)) != 0;
    }

    static constexpr std::uint32_t dst_part = 1;
    static constexpr std::uint32_t src_part = 2;

private:
    friend class RolesTable;
    static constexpr std::uint32_t reads_dst_bit = dst_part;
    static constexpr std::uint32_t reads_src_bit = src_part;
    static constexpr std::uint32_t writes_dst_bit = 4;
    static constexpr std::uint32_t loads_bit = 8;
    static constexpr std::uint32_t high_at = 4;
    static constexpr std::uint32_t stores_bit = 0x40;
    static constexpr std::uint32_t down_bit = 0x80;

    std::uint8_t bits_;
};

// By opcode.
class RolesTable {
public:
    consteval RolesTable() {
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint8_t const opcode = std::uint8_t(i);
            rows_[i] = std::uint8_t(operands(opcode) | high_parts(opcode) << Roles::high_at);
        }
    }
    [[nodiscard]] constexpr std::uint8_t operator[](std::uint8_t opcode) const {
        return rows_[opcode];
    }

private:
    static consteval std::uint32_t operands(std::uint8_t opcode) {
        constexpr std::uint32_t changes = Roles::reads_dst_bit | Roles::writes_dst_bit;
        constexpr std::uint32_t reads = Roles::reads_dst_bit | Roles::reads_src_bit;
        switch (isa::shape_of(opcode)) {
            case isa::Shape::AluImm: {
                bool const moves = isa::Alu(opcode & 0xf0) == isa::Alu::Mov;
                return (moves ? Roles::writes_dst_bit : changes) | down(opcode);
            }
            case isa::Shape::DivideImm: return changes | down(opcode);
            case isa::Shape::Negate:
            case isa::Shape::ByteSwap: return changes;
            case isa::Shape::AluReg:
            case isa::Shape::DivideReg: return changes | Roles::reads_src_bit | down(opcode);
            case isa::Shape::MoveReg: return Roles::reads_src_bit | Roles::writes_dst_bit;
            case isa::Shape::JumpImm: return Roles::reads_dst_bit;
            case isa::Shape::JumpReg: return reads;
            case isa::Shape::Load:
                return Roles::reads_src_bit | Roles::writes_dst_bit | Roles::loads_bit;
            case isa::Shape::StoreImm: return Roles::reads_dst_bit | Roles::stores_bit;
            case isa::Shape::StoreReg: return reads | Roles::stores_bit;
            case isa::Shape::AtomicReg: return reads | Roles::stores_bit | Roles::down_bit;
            case isa::Shape::Wide:
            case isa::Shape::WideSection: return Roles::writes_dst_bit;
            default: return 0;
        }
    }
    static consteval bool is_right_shift(isa::Alu operation) {
        return operation == isa::Alu::Rsh || operation == isa::Alu::Arsh;
    }
    static consteval std::uint32_t down(std::uint8_t opcode) {
        auto const operation = isa::Alu(opcode & 0xf0);
        bool const divides = operation == isa::Alu::Div || operation == isa::Alu::Mod;
        bool const is_64 = isa::class_of(opcode) == isa::Class::Alu64;
        return is_64 && (divides || is_right_shift(operation)) ? Roles::down_bit : 0;
    }
    static consteval std::uint32_t high_parts(std::uint8_t opcode) {
        auto const operation = isa::Alu(opcode & 0xf0);
        std::uint32_t const parts = operands(opcode) & (Roles::dst_part | Roles::src_part);
        switch (isa::shape_of(opcode)) {
            case isa::Shape::AtomicReg: return Roles::dst_part;  // And all of src: an effect.
            case isa::Shape::StoreReg:
                return opcode == std::uint8_t(isa::Opcode::StoreDouble) ? parts : Roles::dst_part;
            case isa::Shape::AluImm:
            case isa::Shape::AluReg:
            case isa::Shape::DivideImm:
            case isa::Shape::DivideReg:
            case isa::Shape::MoveReg:
            case isa::Shape::ByteSwap:  // Of 64 bits, it always does.
            case isa::Shape::Negate: {
                bool const shifts = operation == isa::Alu::Lsh || is_right_shift(operation);
                bool const is_64 = isa::class_of(opcode) == isa::Class::Alu64;
                return !is_64 ? 0 : shifts ? parts & Roles::dst_part : parts;
            }
            default: return parts;
        }
    }

    std::uint8_t rows_[256]{};
};

inline constexpr RolesTable roles_table;

constexpr Roles::Roles(isa::Slot const& slot) : bits_{roles_table[slot.opcode()]} {}

}  // namespace mbpf::jit
