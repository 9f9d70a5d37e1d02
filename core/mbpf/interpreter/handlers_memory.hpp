// SPDX-License-Identifier: MIT
// Loads and stores (RFC 9669 section 5). Every access is checked against the window of the last one
// of its kind; when that fails, against all regions, and the window moves.
#pragma once

#include "mbpf/interpreter/handlers.hpp"

namespace mbpf::interpreter {

// Moves the window to the region that allows the access at pc, and tries it again. Leaves regions
// narrower than a window, and what must trap, to slow.cpp.
template <machine::Access access, class... Carried>
[[gnu::noinline]] static void move_window(Carried&... carried) {
    if constexpr (config::is_smallest) {  // There, the slow path moves it.
        return slow(carried...);
    }
    State const state{carried...};
    std::uint32_t const word = state.word();
    constexpr bool reads = access == machine::Access::Read;
    std::uintptr_t address;
    if (!state.address(reads ? src_of(word) : dst_of(word), address)) {
        return slow(carried...);
    }
    machine::Region const* const region = state.frame().instance->regions().find(
        address, isa::access_bytes(std::uint8_t(word)), access);
    if (region == nullptr || region->bytes < narrowest_window) {
        return slow(carried...);
    }
    Window const window{region->base, region->bytes};
    reads ? state.set_readable(window) : state.set_writable(window);
    return state.again();
}

// Puts what is at `from` into a register, zero-extended.
template <class T>
inline void set_loaded(State state, std::uint32_t reg, std::byte const* from) {
    T const value = load<T>(from);
    if constexpr (sizeof(T) == 8) {
        state.set64(reg, value);
    } else {
        state.set32_loaded(reg, value);
    }
}

template <class T, class... Carried>
static void load_from(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    std::uintptr_t address;
    if (!state.address(src_of(word), address) || !state.in_readable(address, sizeof(T)))
        [[unlikely]] {
        return move_window<machine::Access::Read>(carried...);
    }
    set_loaded<T>(state, dst_of(word), pointer_to(address));
    return state.next();
}

// Any sign-extending load.
template <class... Carried>
static void load_signed(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    std::uint32_t const bytes = isa::access_bytes(std::uint8_t(word));
    std::uintptr_t address;
    if (!state.address(src_of(word), address) || !state.in_readable(address, bytes)) [[unlikely]] {
        return move_window<machine::Access::Read>(carried...);
    }
    std::byte const* const from = pointer_to(address);
    std::int32_t const value = bytes == 4   ? load<std::int32_t>(from)
                               : bytes == 2 ? load<std::int16_t>(from)
                                            : load<std::int8_t>(from);
    state.set64(dst_of(word), std::uint64_t(std::int64_t(value)));
    return state.next();
}

template <class T, class... Carried>
static void store_reg(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    std::uintptr_t address;
    if (!state.address(dst_of(word), address) || !state.in_writable(address, sizeof(T)))
        [[unlikely]] {
        return move_window<machine::Access::Write>(carried...);
    }
    using Wide = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    store<T>(pointer_to(address), T(get<Wide>(state, src_of(word))));
    return state.next();
}

// Any store of an immediate. Compilers have it since version 4 of the instruction set.
template <class... Carried>
static void store_imm(Carried&... carried) {
    State const state{carried...};
    std::uint32_t const word = state.word();
    std::uint32_t const bytes = isa::access_bytes(std::uint8_t(word));
    std::uintptr_t address;
    if (!state.address(dst_of(word), address) || !state.in_writable(address, bytes)) [[unlikely]] {
        return move_window<machine::Access::Write>(carried...);
    }
    std::byte* const to = pointer_to(address);
    std::uint32_t const value = state.imm();
    if (bytes == 1) {
        *to = std::byte(value);
    } else if (bytes == 2) {
        store(to, std::uint16_t(value));
    } else {
        store(to, value);
        if (bytes == 8) {
            store(to + 4, std::int32_t(value) >> 31);
        }
    }
    return state.next();
}

}  // namespace mbpf::interpreter
