// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mbpf::semihosting {

// One semihosting call: `argument` is a block of words, or what the operation says.
inline std::int32_t semihosting_call(std::uint32_t operation, void const* argument) {
#if defined(__arm__)
    register std::uint32_t r0 asm("r0") = operation;
    register void const* r1 asm("r1") = argument;
    asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return std::int32_t(r0);
#else
    // The three instructions, uncompressed and on one page, are what a debugger looks for.
    register std::uint32_t a0 asm("a0") = operation;
    register void const* a1 asm("a1") = argument;
    asm volatile(
        ".balign 16\n\t.option push\n\t.option norvc\n\t"
        "slli x0, x0, 0x1f\n\tebreak\n\tsrai x0, x0, 7\n\t.option pop"
        : "+r"(a0)
        : "r"(a1)
        : "memory");
    return std::int32_t(a0);
#endif
}

}  // namespace mbpf::semihosting
