// SPDX-License-Identifier: MIT
// Arithmetic (RFC 9669 sections 4.1 and 4.2). A 32-bit result clears the upper half of its
// register, whatever the operation.
#pragma once

#include "mbpf/interpreter/arithmetic.hpp"
#include "mbpf/interpreter/handlers.hpp"

namespace mbpf::interpreter {

template <isa::Alu operation, class T, Operand operand, class... Carried>
static void alu(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    T const b = second<T, operand>(state, word);
    if constexpr (sizeof(T) == 8 && operand == Operand::Reg) {  // Two pairs: no register to spare.
        set<T>(state, dst_of(word), compute<operation, T>(get<T>(state, dst_of(word)), b));
        return state.next();
    } else {
        State::Next const next = state.fetch_next();
        set<T>(state, dst_of(word), compute<operation, T>(get<T>(state, dst_of(word)), b));
        return state.go(next);
    }
}

// As alu(), for either operand of what is long in 64 bits.
template <isa::Alu operation, class... Carried>
static void alu_long(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    std::uint64_t const b = second<std::uint64_t>(state, word);
    state.set64(dst_of(word), compute<operation>(state.get64(dst_of(word)), b));
    return state.next();
}

template <class T, class... Carried>
static void move_imm(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    State::Next const next = state.fetch_next();
    set<T>(state, dst_of(word), second<T, Operand::Imm>(state, word));
    return state.go(next);
}

// A MOV between registers whose offset is known to be zero.
template <class T, class... Carried>
[[gnu::always_inline]] inline void move_plain(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    State::Next const next = state.fetch_next();
    set<T>(state, dst_of(word), get<T>(state, src_of(word)));
    return state.go(next);
}

template <class T, class... Carried>
static void move_reg(Carried&... carried) {
    State const state{carried...};
    if (state.offset() != 0) [[unlikely]] {
        return slow(carried...);
    }
    return move_plain<T>(carried...);
}

// dst <<= constant. With a shift back behind it that clears an upper half, one operation.
template <class... Carried>
static void shift_left(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    if (isa::clears_upper_half({word, state.imm()}, {state.word(1), state.imm(1)})) {
        state.clear_high(dst_of(word));
        return state.template next<2>();
    }
    if constexpr (config::is_smallest) {
        return slow(carried...);
    } else {
        return alu_long<isa::Alu::Lsh>(carried...);
    }
}

// With either operand.
template <isa::Alu operation, class... Carried>
static void divide32(Carried&... carried) {
    State const state{carried...};
    if (state.offset() != 0) [[unlikely]] {  // signed
        return slow(carried...);
    }
    std::uint32_t const word = state.word();
    std::uint32_t const b = second<std::uint32_t>(state, word);
    std::uint32_t const a = state.get32(dst_of(word));
    std::uint32_t const quotient = divide(a, b);
    state.set32(dst_of(word), operation == isa::Alu::Div ? quotient : a - quotient * b);
    return state.next();
}

// Either operation, with either operand, of values that the core divides in one instruction: in
// 64-bit registers, too, most are 32 bits wide.
template <class... Carried>
static void divide64(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    std::uint64_t const b = second<std::uint64_t>(state, word);
    std::uint64_t const a = state.get64(dst_of(word));
    if ((word >> 16 | (a | b) >> 32) != 0) {
        return slow(carried...);
    }
    std::uint32_t const dividend = std::uint32_t(a);
    std::uint32_t const divisor = std::uint32_t(b);
    std::uint32_t const quotient = divide(dividend, divisor);
    bool const is_quotient = isa::Alu(word & 0xf0) == isa::Alu::Div;
    state.set32(dst_of(word), is_quotient ? quotient : dividend - quotient * divisor);
    return state.next();
}

}  // namespace mbpf::interpreter
