// SPDX-License-Identifier: MIT
// Opcode -> handler, derived from isa::shapes and fusions at compile time. What no handler is for
// is slow: slow.cpp executes it, or ends the run.
#pragma once

#include <array>
#include <type_traits>
#include <utility>

#include "mbpf/interpreter/handlers_alu.hpp"
#include "mbpf/interpreter/handlers_call.hpp"
#include "mbpf/interpreter/handlers_fused.hpp"
#include "mbpf/interpreter/handlers_jump.hpp"
#include "mbpf/interpreter/handlers_memory.hpp"

#ifdef MBPF_PINNED_REGISTERS
#include "mbpf/interpreter/call_pinned.hpp"
#endif

namespace mbpf::interpreter {

template <class... Carried>
class Table {
public:
    using Handler = State::Handler;

    static consteval std::array<Handler, 256> build() {
        return build(std::make_index_sequence<256>{});
    }

private:
    template <std::size_t... opcode>
    static consteval std::array<Handler, 256> build(std::index_sequence<opcode...>) {
        return {entry<std::uint8_t(opcode)>()...};
    }

    template <std::uint8_t opcode>
    static consteval Handler entry() {
        constexpr std::size_t index = fusion_of(opcode);
        if constexpr (config::is_smallest) {
            return frequent<opcode>();
        } else if constexpr (index < fusions.size()) {
            return fused<fusions[index].first, fusions[index].second, fusions[index].slots(),
                         fusions[index].match>();
        } else {
            return single<opcode>();
        }
    }

    // The smallest build has fewer handlers: for what loops are made of. The rest is slow.
    template <std::uint8_t opcode>
    static consteval Handler frequent() {
        constexpr isa::Shape shape = isa::shape_of(opcode);
        constexpr Operand operand = operand_of(opcode);
        constexpr bool is_64 = isa::class_of(opcode) == isa::Class::Alu64;
        constexpr bool is_alu =
            is_64 && (shape == isa::Shape::AluImm || shape == isa::Shape::AluReg);
        constexpr auto operation = isa::Alu(opcode & 0xf0);
        constexpr auto condition = isa::Jump(opcode & 0xf0);
        constexpr bool is_jump = shape == isa::Shape::JumpImm || shape == isa::Shape::JumpReg;
        constexpr bool is_as_always = shape == isa::Shape::JumpAlways ||
                                      shape == isa::Shape::Exit || shape == isa::Shape::Load ||
                                      shape == isa::Shape::StoreReg || shape == isa::Shape::Wide ||
                                      shape == isa::Shape::WideSection;
        if constexpr (is_alu && operation == isa::Alu::Mov) {
            return &move_imm<std::uint64_t, Carried...>;
        } else if constexpr (is_alu && operation == isa::Alu::Add) {
            return &alu<operation, std::uint64_t, operand, Carried...>;
        } else if constexpr (is_alu && operation == isa::Alu::Lsh && operand == Operand::Imm) {
            return &shift_left<Carried...>;
        } else if constexpr (shape == isa::Shape::MoveReg && is_64) {
            return &move_checked<std::uint64_t, Carried...>;
        } else if constexpr (is_jump && condition == isa::Jump::Set) {
            return &slow<Carried...>;
        } else if constexpr (is_jump && condition == isa::Jump::Ne && operand == Operand::Imm) {
            return &jump_if<condition, std::uint64_t, operand, Carried...>;
        } else if constexpr (is_jump &&
                             (condition == isa::Jump::Ne || condition == isa::Jump::Eq)) {
            return &jump_if_rarely<condition, std::uint64_t, Carried...>;
        } else if constexpr (is_jump) {
            return &jump_if_ordered<Carried...>;
        } else if constexpr (shape == isa::Shape::Call) {
            return &call_other<Carried...>;
        } else if constexpr (is_as_always) {
            return single<opcode>();
        } else {
            return &slow<Carried...>;
        }
    }

    // What an ALU or JMP opcode computes with.
    template <std::uint8_t opcode>
    using Width = std::conditional_t<isa::class_of(opcode) == isa::Class::Alu64 ||
                                         isa::class_of(opcode) == isa::Class::Jmp,
                                     std::uint64_t, std::uint32_t>;
    // What a load or store opcode moves.
    template <std::uint8_t opcode>
    using Moved =
        std::conditional_t<isa::access_bytes(opcode) == 8, std::uint64_t,
                           std::conditional_t<isa::access_bytes(opcode) == 4, std::uint32_t,
                                              std::conditional_t<isa::access_bytes(opcode) == 2,
                                                                 std::uint16_t, std::uint8_t>>>;

    static consteval Operand operand_of(std::uint8_t opcode) {
        return (opcode & isa::source_register) != 0 ? Operand::Reg : Operand::Imm;
    }

    template <std::uint8_t opcode>
    static consteval Handler single() {
        constexpr isa::Shape shape = isa::shape_of(opcode);
        constexpr Operand operand = operand_of(opcode);
        constexpr auto operation = isa::Alu(opcode & 0xf0);
        constexpr auto condition = isa::Jump(opcode & 0xf0);
        if constexpr (shape == isa::Shape::AluImm || shape == isa::Shape::AluReg) {
            return arithmetic<operation, Width<opcode>, operand>();
        } else if constexpr (shape == isa::Shape::DivideImm || shape == isa::Shape::DivideReg) {
            return division<operation, Width<opcode>, operand>();
        } else if constexpr (shape == isa::Shape::MoveReg) {
            return &move_reg<Width<opcode>, Carried...>;
        } else if constexpr (shape == isa::Shape::JumpAlways) {
            return &jump_always<Carried...>;
        } else if constexpr (shape == isa::Shape::JumpLong) {
            return &jump_long<Carried...>;
        } else if constexpr (shape == isa::Shape::JumpImm || shape == isa::Shape::JumpReg) {
            return jump<condition, Width<opcode>, operand>();
        } else if constexpr (shape == isa::Shape::Call) {
            return call_handler();
        } else if constexpr (shape == isa::Shape::Exit) {
            return &exit<Carried...>;
        } else if constexpr (shape == isa::Shape::Load) {
            constexpr bool is_signed = (opcode & 0xe0) == std::uint8_t(isa::Mode::MemSx);
            return is_signed ? &load_signed<Carried...> : &load_from<Moved<opcode>, Carried...>;
        } else if constexpr (shape == isa::Shape::StoreImm) {
            return &store_imm<Carried...>;
        } else if constexpr (shape == isa::Shape::StoreReg) {
            return &store_reg<Moved<opcode>, Carried...>;
        } else if constexpr (shape == isa::Shape::Wide) {
            return &wide<Carried...>;
        } else if constexpr (shape == isa::Shape::WideSection) {
            return &wide_section<Carried...>;
        } else {
            return &slow<Carried...>;
        }
    }

    static consteval Handler call_handler() {
#ifdef MBPF_PINNED_REGISTERS
        return &call_quickly;
#else
        return &call<Carried...>;
#endif
    }

    template <isa::Alu operation, class T, Operand operand>
    static consteval Handler arithmetic() {
        // Compilers write SUB of a constant as ADD of another.
        constexpr bool is_rare = operation == isa::Alu::Sub && operand == Operand::Imm;
        constexpr bool is_long =
            sizeof(T) == 8 && (operation == isa::Alu::Lsh || operation == isa::Alu::Rsh ||
                               operation == isa::Alu::Arsh || operation == isa::Alu::Mul);
        if constexpr (operation == isa::Alu::Mov) {
            return &move_imm<T, Carried...>;
        } else if constexpr (is_rare) {
            return &slow<Carried...>;
        } else if constexpr (is_long && operation == isa::Alu::Lsh && operand == Operand::Imm) {
            return &shift_left<Carried...>;
        } else if constexpr (is_long) {
            return &alu_long<operation, Carried...>;
        } else {
            return &alu<operation, T, operand, Carried...>;
        }
    }

    template <isa::Alu operation, class T, Operand operand>
    static consteval Handler division() {
        if constexpr (sizeof(T) == 8) {
            return &divide64<Carried...>;
        } else {
            return &divide32<operation, Carried...>;
        }
    }

    template <isa::Jump condition, class T, Operand operand>
    static consteval Handler jump() {
        if constexpr (condition == isa::Jump::Set) {
            return &slow<Carried...>;
        } else if constexpr (is_frequent<T, operand>(condition)) {
            return &jump_if<condition, T, operand, Carried...>;
        } else if constexpr (sizeof(T) == 8) {
            return &jump_if_ordered<Carried...>;
        } else {
            return &jump_if_rarely<condition, T, Carried...>;
        }
    }

    template <std::uint8_t first, std::uint8_t second, std::uint32_t slots, Match match>
    static consteval Handler fused() {
        if constexpr (match == Match::Plain) {
            return &move_checked<Width<first>, Carried...>;
        } else if constexpr (match == Match::Frame) {
            return isa::class_of(first) == isa::Class::Ldx ? &load_frame<Moved<first>, Carried...>
                                                           : &store_frame<Moved<first>, Carried...>;
        } else if constexpr (match == Match::SameDst) {
            return &three_operands<isa::Alu(second & 0xf0), Width<first>, operand_of(second),
                                   Carried...>;
        } else if constexpr (match == Match::Latch) {
            return &latch<Width<first>, Carried...>;
        } else if constexpr (match == Match::ZeroExtend) {
            return &zero_extend<slots, Carried...>;
        } else if constexpr (isa::class_of(second) == isa::Class::Alu ||
                             isa::class_of(second) == isa::Class::Alu64) {
            return &two<first, second, Carried...>;
        } else {
            return &then<first, single<second>(), Carried...>;
        }
    }
};

}  // namespace mbpf::interpreter
