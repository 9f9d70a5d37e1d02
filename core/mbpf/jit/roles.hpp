// SPDX-License-Identifier: MIT
// Which registers an instruction reads and writes, by its operands: what calls, atomic operations
// and the end of a function do besides is up to who asks.
#pragma once

#include "mbpf/isa/isa.hpp"

namespace mbpf::jit {

class Roles {
public:
    explicit constexpr Roles(isa::Slot const& slot)
        : bits_{by_shape[std::uint32_t(isa::shape_of(slot.opcode()))]} {
        constexpr std::uint32_t moves_imm = std::uint32_t(isa::Alu::Mov);
        if (bits_ == (reads_dst_bit | writes_dst_bit) && (slot.opcode() & 0xf8) == moves_imm) {
            bits_ = writes_dst_bit;
        }
    }

    [[nodiscard]] constexpr bool reads_dst() const { return (bits_ & reads_dst_bit) != 0; }
    [[nodiscard]] constexpr bool reads_src() const { return (bits_ & reads_src_bit) != 0; }
    [[nodiscard]] constexpr bool writes_dst() const { return (bits_ & writes_dst_bit) != 0; }
    // Loads: src is an address. Stores and atomic operations: dst is.
    [[nodiscard]] constexpr bool loads() const { return (bits_ & loads_bit) != 0; }
    [[nodiscard]] constexpr bool stores() const { return (bits_ & stores_bit) != 0; }

private:
    static constexpr std::uint8_t reads_dst_bit = 1;
    static constexpr std::uint8_t reads_src_bit = 2;
    static constexpr std::uint8_t writes_dst_bit = 4;
    static constexpr std::uint8_t loads_bit = 8;
    static constexpr std::uint8_t stores_bit = 16;
    static constexpr std::uint8_t changes = reads_dst_bit | writes_dst_bit;

    static constexpr std::uint8_t by_shape[]{
        0,                                           // Invalid
        changes,                                     // AluImm
        changes | reads_src_bit,                     // AluReg
        changes,                                     // DivideImm
        changes | reads_src_bit,                     // DivideReg
        reads_src_bit | writes_dst_bit,              // MoveReg
        changes,                                     // Negate
        changes,                                     // ByteSwap
        0,                                           // JumpAlways
        0,                                           // JumpLong
        reads_dst_bit,                               // JumpImm
        reads_dst_bit | reads_src_bit,               // JumpReg
        0,                                           // Call
        0,                                           // Exit
        reads_src_bit | writes_dst_bit | loads_bit,  // Load
        reads_dst_bit | stores_bit,                  // StoreImm
        reads_dst_bit | reads_src_bit | stores_bit,  // StoreReg
        reads_dst_bit | reads_src_bit | stores_bit,  // AtomicReg
        writes_dst_bit,                              // Wide
        writes_dst_bit,                              // WideSection
        0,                                           // LegacyPacket
        0,                                           // CallRegister
    };

    std::uint8_t bits_;
};

}  // namespace mbpf::jit
