// SPDX-License-Identifier: MIT
#include "firmware/semihosting_call.hpp"

namespace mbpf::semihosting {

// The three instructions, uncompressed and on one page, are what a debugger looks for.
std::int32_t semihosting_call(std::uint32_t operation, void const* argument) {
    register std::uint32_t a0 asm("a0") = operation;
    register void const* a1 asm("a1") = argument;
    asm volatile(
        ".balign 16\n\t.option push\n\t.option norvc\n\t"
        "slli x0, x0, 0x1f\n\tebreak\n\tsrai x0, x0, 7\n\t.option pop"
        : "+r"(a0)
        : "r"(a1)
        : "memory");
    return std::int32_t(a0);
}

}  // namespace mbpf::semihosting
