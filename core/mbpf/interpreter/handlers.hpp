// SPDX-License-Identifier: MIT
// What every handler shares. A handler executes the instruction at State's pc and goes on to the
// next. `Carried...` is nothing or the Frame; see state.hpp. Handlers are static: on bare-metal Arm
// GCC makes no tail call to a symbol that another object might replace.
#pragma once

#include "mbpf/interpreter/slow.hpp"
#include "mbpf/interpreter/state.hpp"
#include "mbpf/isa/isa.hpp"

namespace mbpf::interpreter {

// Where the second operand of an ALU or JMP instruction comes from.
enum class Operand : std::uint8_t { Imm, Reg };

[[nodiscard]] inline std::uint32_t dst_of(std::uint32_t word) { return word >> 8 & 0xf; }
[[nodiscard]] inline std::uint32_t src_of(std::uint32_t word) { return word >> 12 & 0xf; }

template <class T>
[[nodiscard]] inline T get(State state, std::uint32_t reg) {
    if constexpr (sizeof(T) == 8) {
        return state.get64(reg);
    } else {
        return state.get32(reg);
    }
}

template <class T>
inline void set(State state, std::uint32_t reg, T value) {
    if constexpr (sizeof(T) == 8) {
        state.set64(reg, value);
    } else {
        state.set32(reg, value);
    }
}

// A 64-bit instruction sign-extends its immediate.
template <class T, Operand operand>
[[nodiscard]] inline T second(State state, std::uint32_t word, std::uint32_t ahead = 0) {
    if constexpr (operand == Operand::Imm) {
        return T(std::int32_t(state.imm(ahead)));
    } else {
        return get<T>(state, src_of(word));
    }
}

// The same for handlers that serve both operands, for the sake of flash.
template <class T>
[[nodiscard]] inline T second(State state, std::uint32_t word) {
    bool const is_reg = (word & isa::source_register) != 0;
    return is_reg ? second<T, Operand::Reg>(state, word) : second<T, Operand::Imm>(state, word);
}

// Executes the instruction at pc in slow.cpp.
template <class... Carried>
[[gnu::noinline, gnu::cold]] static void slow(Carried&... carried) {
    State const state{carried...};
    if (!execute_slowly(state.publish())) {
        return state.finish();
    }
    state.resume();
    return state.again();
}

// The budget ran out before the instruction at pc: goes on with it if there is more.
template <class... Carried>
[[gnu::noinline, gnu::cold]] static void exhausted(Carried&... carried) {
    State const state{carried...};
    if (!grant_more(state.publish())) {
        return state.finish();
    }
    state.resume();
    return state.again();
}

}  // namespace mbpf::interpreter
