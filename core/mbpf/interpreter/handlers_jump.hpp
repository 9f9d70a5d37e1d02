// SPDX-License-Identifier: MIT
// Jumps (RFC 9669 section 4.3).
#pragma once

#include "mbpf/interpreter/arithmetic.hpp"
#include "mbpf/interpreter/handlers.hpp"

namespace mbpf::interpreter {

// Goes to the slot `distance` behind the next one.
template <class... Carried>
[[gnu::always_inline]] inline void take(State state, std::int32_t distance,
                                        Carried&... carried) {
    if (state.is_exhausted()) [[unlikely]] {
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

[[nodiscard]] consteval bool is_frequent(isa::Jump condition) {
    return condition == isa::Jump::Eq || condition == isa::Jump::Ne ||
           condition == isa::Jump::Gt || condition == isa::Jump::Lt;
}

}  // namespace mbpf::interpreter
