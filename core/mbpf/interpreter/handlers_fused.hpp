// SPDX-License-Identifier: MIT
// Handlers of the codes that accelerate() writes (fusion.hpp).
#pragma once

#include "mbpf/interpreter/fusion.hpp"
#include "mbpf/interpreter/handlers_alu.hpp"
#include "mbpf/interpreter/handlers_jump.hpp"
#include "mbpf/interpreter/handlers_memory.hpp"

namespace mbpf::interpreter {

template <class T, class... Carried>
static void move_checked(Carried&... carried) {
    return move_plain<T>(carried...);
}

// dst = src op operand
template <isa::Alu operation, class T, Operand operand, class... Carried>
static void three_operands(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const first = state.word();
    std::uint32_t const second_word = operand == Operand::Reg ? state.word(1) : 0;
    T const b = second<T, operand>(state, second_word, 1);
    T const a = get<T>(state, src_of(first));
    set<T>(state, dst_of(first), compute<operation, T>(a, b));
    return state.template next<2>();
}

// dst = (u32)src, in as many slots.
template <std::uint32_t slots, class... Carried>
static void zero_extend(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    State::Next const next = state.template fetch_next<slots>();
    state.set32(dst_of(word), state.get32(slots == 3 ? src_of(word) : dst_of(word)));
    return state.template go<slots>(next);
}

// Executes one ALU instruction without going on.
template <std::uint8_t opcode>
inline void execute(State state, std::uint32_t ahead = 0) {
    constexpr bool is_64 = isa::class_of(opcode) == isa::Class::Alu64;
    constexpr auto operand = (opcode & isa::source_register) != 0 ? Operand::Reg : Operand::Imm;
    constexpr auto operation = isa::Alu(opcode & 0xf0);
    using T = std::conditional_t<is_64, std::uint64_t, std::uint32_t>;
    std::uint32_t const word = state.word(ahead);
    T const b = second<T, operand>(state, word, ahead);
    if constexpr (operation == isa::Alu::Mov) {
        set<T>(state, dst_of(word), b);
    } else {
        set<T>(state, dst_of(word), compute<operation, T>(get<T>(state, dst_of(word)), b));
    }
}

template <std::uint8_t first, std::uint8_t second, class... Carried>
static void two(Carried&... carried) {
    State const state{carried...};
    execute<first>(state);
    execute<second>(state, 1);
    return state.template next<2>();
}

// One ALU instruction, then any other: a jump or a load.
template <std::uint8_t first, auto second, class... Carried>
static void then(Carried&... carried) {
    State const state{carried...};
    execute<first>(state);
    state.skip(1);
    return second(carried...);
}

// if dst == imm goto ...; goto ...
template <class T, class... Carried>
static void latch(Carried&... carried) {
    State const state{carried...};
    T const b = second<T, Operand::Imm>(state, 0);
    if (get<T>(state, state.late_dst()) != b) {
        state.skip(1);
    }
    return take(state, state.offset(), carried...);
}

// An access at a constant distance below r10 that the verifier proved.
template <class T, class... Carried>
static void load_frame(Carried&... carried) {
    State const state{carried...};
    std::uintptr_t const address = state.frame_address();
    set_loaded<T>(state, state.late_dst(), pointer_to(address));
    return state.next();
}

template <class T, class... Carried>
static void store_frame(Carried&... carried) {
    State const state{carried...};
    std::uintptr_t const address = state.frame_address();
    store<T>(pointer_to(address), get<T>(state, src_of(state.word())));
    return state.next();
}

}  // namespace mbpf::interpreter
