// SPDX-License-Identifier: MIT
// The helpers that benchmark programs call, alone and among others: tables of several lengths.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/firmware/helpers.h"
#include "mbpf/machine/machine.hpp"

namespace mbpf::bench {

// Whether what a helper does itself is kept out of the counts (bench/plugin): then what remains is
// the engine's part.
inline constexpr bool helpers_apart = BENCH_HELPERS_APART;

template <auto Function>
struct Apart;

template <class R, class... Args, R (*Function)(Args...)>
struct Apart<Function> {
    static R call(Args... args) {
        asm volatile("dbg #3" ::: "memory");
        R const result = Function(args...);
        asm volatile("dbg #4" ::: "memory");
        return result;
    }
};

template <auto Function, class... Args>
consteval machine::Helper bound(HelperId id, Args... args) {
    if constexpr (helpers_apart) {
        return machine::helper<&Apart<Function>::call>(id, args...);
    } else {
        return machine::helper<Function>(id, args...);
    }
}

consteval auto used_helpers() {
    using machine::readable_sized_by;
    using machine::scalar;
    using machine::text;
    using machine::writable;
    using machine::writable_sized_by;
    constexpr unsigned fmt_bytes = 8;  // Enough for every number that the programs format.
    constexpr unsigned context_bytes = 16;
    return std::array{
        bound<bench_printf>({1}, text, scalar, scalar, scalar, scalar),
        bound<bench_strlen>({2}, text),
        bound<bench_fetch>({3}, scalar, writable(4)),
        bound<bench_store>({4}, scalar, scalar),
        bound<bench_memcpy>({5}, writable_sized_by(3), readable_sized_by(3), scalar),
        bound<bench_fmt_s16>({6}, writable(fmt_bytes), scalar, scalar),
        bound<bench_fmt_u32>({7}, writable(fmt_bytes), scalar),
        bound<bench_saul_find>({8}, scalar),
        bound<bench_saul_read>({9}, scalar, writable(4)),
        bound<bench_coap_init>({10}, writable(context_bytes), scalar),
        bound<bench_coap_format>({11}, writable(context_bytes), scalar),
        bound<bench_coap_finish>({12}, writable(context_bytes), scalar),
        bound<bench_nop>({13}, scalar, scalar),
    };
}

// Those, and as many more as make `Count`.
template <std::size_t Count>
consteval machine::HelperList<Count> filled_up() {
    std::array<machine::Helper, Count> all{};
    std::size_t size = 0;
    for (machine::Helper const& used : used_helpers()) {
        all[size++] = used;
    }
    for (; size < Count; ++size) {
        all[size] = bound<bench_nop>({std::uint32_t(size + 1)}, machine::scalar, machine::scalar);
    }
    return machine::HelperList<Count>{all};
}

template <std::size_t Count>
inline constexpr auto helper_list = filled_up<Count>();

// The shortest table of at least `count` helpers, or the longest.
inline machine::HelperTable helper_table(std::uint32_t count) {
    constexpr std::size_t used = used_helpers().size();
    return count <= used  ? helper_list<used>.table()
           : count <= 32  ? helper_list<32>.table()
           : count <= 64  ? helper_list<64>.table()
           : count <= 128 ? helper_list<128>.table()
                          : helper_list<254>.table();
}

}  // namespace mbpf::bench
