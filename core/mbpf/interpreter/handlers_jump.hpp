// SPDX-License-Identifier: MIT
// Jumps (RFC 9669 section 4.3).
#pragma once

#include <utility>

#include "mbpf/interpreter/arithmetic.hpp"
#include "mbpf/interpreter/handlers.hpp"

namespace mbpf::interpreter {

// Goes to the slot `distance` behind the next one.
template <class... Carried>
[[gnu::always_inline]] inline void take(State state, std::int32_t distance, Carried&... carried) {
    bool const is_exhausted = config::is_smallest ? !take_one(state.frame()) : state.is_exhausted();
    if (is_exhausted) [[unlikely]] {
        return exhausted(carried...);
    }
    state.move(distance);
    return state.next();
}

template <class... Carried>
static void jump_always(Carried&... carried) {
    State const state{carried...};
    return take(state, state.offset(), carried...);
}

template <class... Carried>
static void jump_long(Carried&... carried) {
    State const state{carried...};
    return take(state, std::int32_t(state.imm()), carried...);
}

// The conditional jump at pc is taken. Shared by the rarer conditions, for the sake of flash.
template <class... Carried>
[[gnu::noinline]] static void take_here(Carried&... carried) {
    State const state{carried...};
    return take(state, state.offset(), carried...);
}

template <isa::Jump condition, class T, Operand operand, class... Carried>
static void jump_if(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    T const b = second<T, operand>(state, word);
    T const a = get<T>(state, dst_of(word));
    if (!holds<condition, T>(a, b)) {
        return state.next();
    }
    return take(state, state.offset(), carried...);
}

// As jump_if(), for either operand.
template <isa::Jump condition, class T, class... Carried>
static void jump_if_rarely(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    T const b = second<T>(state, word);
    T const a = get<T>(state, dst_of(word));
    if (!holds<condition, T>(a, b)) {
        return state.next();
    }
    return take_here(carried...);
}

// Any condition that orders 64-bit values. Of its code, bit 6 says "signed", bit 4 "or equal"; from
// Lt on, codes mean those before with the operands the other way round.
template <class... Carried>
static void jump_if_ordered(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    std::uint64_t b = second<std::uint64_t>(state, word);
    std::uint64_t a = get<std::uint64_t>(state, dst_of(word));
    // Signed order is the unsigned order of numbers moved by this.
    std::uint64_t const shift = std::uint64_t(word & 0x40) << (63 - 6);
    a ^= shift;
    b ^= shift;
    if ((word & 0xf0) >= std::uint32_t(isa::Jump::Lt)) {
        std::swap(a, b);
    }
    bool const holds = (word & 0x10) != 0 ? a >= b : a > b;
    if (!holds) {
        return state.next();
    }
    return take_here(carried...);
}

// Programs compare 64 bits for order when they are addresses, in registers.
template <class T, Operand operand>
[[nodiscard]] consteval bool is_frequent(isa::Jump condition) {
    bool const is_order = condition == isa::Jump::Gt || condition == isa::Jump::Lt;
    return condition == isa::Jump::Eq || condition == isa::Jump::Ne ||
           (is_order && (sizeof(T) == 4 || operand == Operand::Reg));
}

}  // namespace mbpf::interpreter
