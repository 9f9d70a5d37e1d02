// SPDX-License-Identifier: MIT
// Calls, returns and 64-bit constants (RFC 9669 sections 4.3 and 5.4).
#pragma once

#include "mbpf/interpreter/handlers.hpp"

namespace mbpf::interpreter {

// Calls a function, or a helper whose arguments need a longer look.
template <class... Carried>
[[gnu::noinline]] static void call_other(Carried&... carried) {
    State const state{carried...};
    if (src_of(state.word()) != 0) {
        return slow(carried...);
    }
    Frame& frame = state.publish();
    if (!call_checked(frame, HelperId{state.imm()})) {
        return state.finish();
    }
    state.resume();
    return state.next();
}

// A string in a readable window, or a variable in the writable one: that is quick to admit.
[[nodiscard]] inline bool is_admitted(State state, machine::Helper const& helper) {
    using Gate = machine::Helper::Gate;
    std::uint32_t const argument = std::uint32_t(helper.gate) & 7;
    std::uintptr_t address;
    if (helper.gate >= Gate::Checked || !state.holds_address(argument, address)) {
        return false;
    }
    return helper.gate >= Gate::Text
               ? state.is_readable_text(address)
               : state.fits_writable(address, helper.args[argument - 1].amount());
}

template <class... Carried>
static void call(Carried&... carried) {
    State const state{carried...};
    if (src_of(state.word()) != 0) {
        return call_other(carried...);
    }
    machine::Helper const& helper = state.frame().helpers.at(HelperId{state.imm()});
    if (helper.gate != machine::Helper::Gate::Open && !is_admitted(state, helper)) {
        return call_other(carried...);
    }
    state.set32(0, helper.direct(state.get32(1), state.get32(2), state.get32(3), state.get32(4),
                                 state.get32(5)));
    return state.next();
}

template <class... Carried>
static void exit(Carried&... carried) {
    State const state{carried...};
    if (!config::is_smallest && state.is_exhausted()) [[unlikely]] {
        return exhausted(carried...);
    }
    if (!config::is_smallest && state.frame().depth != 1) {
        return slow(carried...);
    }
    return state.finish();
}

// dst = imm64. Two slots, one instruction: the budget is given the second one back.
template <class... Carried>
static void wide(Carried&... carried) {
    State const state{carried...};
    state.set64(dst_of(state.word()), state.imm() | std::uint64_t(state.imm(1)) << 32);
    state.move(1);
    return state.next();
}

// dst = address of data or rodata + imm64.
template <class... Carried>
static void wide_section(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    machine::Instance const& instance = *state.frame().instance;
    bool const is_data = std::uint8_t(word) == std::uint8_t(isa::Opcode::LddwData);
    std::uint64_t const base = instance.section_address(is_data);
    state.set64(dst_of(word), base + (state.imm() | std::uint64_t(state.imm(1)) << 32));
    state.move(1);
    return state.next();
}

}  // namespace mbpf::interpreter
