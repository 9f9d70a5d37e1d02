// SPDX-License-Identifier: MIT
// What a benchmark image tells bench.py: a line for each stretch between marks, in the order of the
// plugin's lines (bench/plugin/m4cyc.c).
#pragma once

#include <cstddef>
#include <cstdint>

#include "bench/firmware/helpers.h"
#include "firmware/semihosting.hpp"
#include "mbpf/port/port.hpp"

namespace mbpf::bench {

// How deep the C stack got below the caller: by painting it first.
class StackProbe {
public:
    [[gnu::noinline]] StackProbe() {
        for (std::uint32_t volatile* word = bottom(); word < end(); ++word) {
            *word = paint;
        }
    }
    [[nodiscard, gnu::noinline]] std::uint32_t bytes() const {
        std::uint32_t volatile* word = bottom();
        while (word < top_ && *word == paint) {
            ++word;
        }
        return std::uint32_t(top_ - word) * std::uint32_t(sizeof *word);
    }

private:
    static constexpr std::uint32_t paint = 0x5aa5'c33c;
    static constexpr std::ptrdiff_t depth_words = 1024;
    static constexpr std::ptrdiff_t in_use_words = 16;  // By the constructor itself

    static std::uint32_t volatile* stack_pointer() {
        std::uint32_t volatile* pointer = nullptr;
        asm volatile("mov %0, sp" : "=r"(pointer));
        return pointer;
    }
    [[nodiscard]] std::uint32_t volatile* bottom() const { return top_ - depth_words; }
    [[nodiscard]] std::uint32_t volatile* end() const { return top_ - in_use_words; }

    std::uint32_t volatile* top_ = stack_pointer();
};

inline void report(char const* phase, char const* program, std::uint32_t result,
                   std::uint32_t second, std::uint32_t third) {
    semihosting::print("@ ");
    semihosting::print(phase);
    semihosting::print(" ");
    semihosting::print(program);
    for (std::uint32_t const value : {result, second, third}) {
        semihosting::print(" ");
        semihosting::print_hex(value);
    }
    semihosting::print("\n");
}

// What a program returned, what it gave printf, and what it left in its context.
inline void report_run(char const* program, std::uint32_t result, bench_context const& context,
                       StackProbe const& probe) {
    report("run", program, result, bench_log ^ context.r * 2654435761u, probe.bytes());
}

}  // namespace mbpf::bench
