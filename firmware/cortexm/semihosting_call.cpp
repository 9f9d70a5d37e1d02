// SPDX-License-Identifier: MIT
#include "firmware/semihosting_call.hpp"

namespace mbpf::semihosting {

std::int32_t semihosting_call(std::uint32_t operation, void const* argument) {
    register std::uint32_t r0 asm("r0") = operation;
    register void const* r1 asm("r1") = argument;
    asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return std::int32_t(r0);
}

}  // namespace mbpf::semihosting
