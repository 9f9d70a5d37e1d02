// SPDX-License-Identifier: MIT
// What accelerate() may write over the first opcode of one, two or three instructions: a code
// outside RFC 9669 that stands for all of them. The other slots stay as they are, so a jump to any
// of them still works, and restore() only has to look the code up here.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/isa/isa.hpp"

namespace mbpf::interpreter {

// What must hold besides the opcodes.
enum class Match : std::uint8_t {
    Plain,       // A MOV that extends nothing.
    Frame,       // An access that the verifier proved to lie in the frame.
    SameDst,     // dst = src, then dst op= something else: one three-operand operation.
    ZeroExtend,  // Shifts by 32, up and down.
    Sequence,    // Any registers; MOVs extend nothing.
    Latch,       // A conditional jump over a JA.
};

struct Fusion {
    std::uint8_t first{};
    std::uint8_t second{};  // 0: none
    std::uint8_t third{};   // 0: none
    Match match{};

    [[nodiscard]] constexpr std::uint32_t slots() const {
        return third != 0 ? 3 : second != 0 ? 2 : 1;
    }
};

namespace detail {

using isa::Alu;
using isa::Class;
using isa::Jump;
using isa::Mode;
using isa::Size;

consteval std::uint8_t op64(Alu code, unsigned source = 0) {
    return std::uint8_t(unsigned(code) | unsigned(Class::Alu64) | source);
}
consteval std::uint8_t op32(Alu code, unsigned source = 0) {
    return std::uint8_t(unsigned(code) | unsigned(Class::Alu) | source);
}
consteval std::uint8_t jump64(Jump code, unsigned source = 0) {
    return std::uint8_t(unsigned(code) | unsigned(Class::Jmp) | source);
}
consteval std::uint8_t jump32(Jump code, unsigned source = 0) {
    return std::uint8_t(unsigned(code) | unsigned(Class::Jmp32) | source);
}
consteval std::uint8_t memory(Class code, Size size) {
    return std::uint8_t(unsigned(code) | unsigned(size) | unsigned(Mode::Mem));
}

inline constexpr unsigned reg = isa::source_register;
inline constexpr std::uint8_t mov64 = op64(Alu::Mov, reg);
inline constexpr std::uint8_t mov32 = op32(Alu::Mov, reg);
inline constexpr std::uint8_t rsh64 = op64(Alu::Rsh);

}  // namespace detail

// accelerate() takes the first that fits; a Sequence only if its second instruction has no better
// partner behind it. Chosen from what clang emits: two-operand
// code for three-operand C, loop latches, addresses of elements, zero extension in v1/v2 code.
inline constexpr std::array fusions = [] {
    using namespace detail;
    return std::array{
        Fusion{mov64, op64(Alu::Lsh), rsh64, Match::ZeroExtend},
        Fusion{op64(Alu::Lsh), rsh64, 0, Match::ZeroExtend},

        Fusion{mov64, op64(Alu::Add), 0, Match::SameDst},
        Fusion{mov64, op64(Alu::Add, reg), 0, Match::SameDst},
        Fusion{mov64, op64(Alu::And), 0, Match::SameDst},
        Fusion{mov64, op64(Alu::Rsh), 0, Match::SameDst},
        Fusion{mov32, op32(Alu::Add, reg), 0, Match::SameDst},
        Fusion{mov32, op32(Alu::And), 0, Match::SameDst},

        Fusion{mov32, jump32(Jump::Ne), 0, Match::Sequence},
        Fusion{mov32, std::uint8_t(isa::Opcode::Call), 0, Match::Sequence},
        Fusion{op32(Alu::Mov), std::uint8_t(isa::Opcode::Call), 0, Match::Sequence},
        Fusion{op64(Alu::Add), mov32, 0, Match::Sequence},
        Fusion{op32(Alu::Add, reg), op64(Alu::Add), 0, Match::Sequence},

        Fusion{jump32(Jump::Eq), std::uint8_t(isa::Opcode::Ja), 0, Match::Latch},
        Fusion{jump64(Jump::Eq), std::uint8_t(isa::Opcode::Ja), 0, Match::Latch},

        Fusion{mov64, 0, 0, Match::Plain},
        Fusion{mov32, 0, 0, Match::Plain},
        Fusion{memory(Class::Ldx, Size::Word), 0, 0, Match::Frame},
        Fusion{memory(Class::Ldx, Size::Double), 0, 0, Match::Frame},
        Fusion{memory(Class::Stx, Size::Word), 0, 0, Match::Frame},
        Fusion{memory(Class::Stx, Size::Double), 0, 0, Match::Frame},
    };
}();

// Index of the first Sequence; those before make one operation of two.
inline constexpr std::size_t first_sequence = [] {
    std::size_t index = 0;
    while (fusions[index].match != Match::Sequence) {
        ++index;
    }
    return index;
}();

// The code of each fusion: the opcodes that RFC 9669 leaves free, from the top down. (Opcode 0
// stays free: it marks the second slot of LDDW.)
inline constexpr std::array fusion_codes = [] {
    std::array<std::uint8_t, fusions.size()> codes{};
    std::uint8_t candidate = 0xff;
    for (std::uint8_t& code : codes) {
        while (isa::shape_of(candidate) != isa::Shape::Invalid) {
            --candidate;
        }
        code = candidate--;
    }
    return codes;
}();

// Index in `fusions` of a code, or fusions.size().
[[nodiscard]] constexpr std::size_t fusion_of(std::uint8_t code) {
    std::size_t index = 0;
    while (index < fusions.size() && fusion_codes[index] != code) {
        ++index;
    }
    return index;
}

}  // namespace mbpf::interpreter
