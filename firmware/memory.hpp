// SPDX-License-Identifier: MIT
// RAM between what the image needs and the stack (sections.ld.in).
#pragma once

#include "mbpf/base/base.hpp"

extern "C" std::byte free_start[];
extern "C" std::byte free_end[];  // Of the stack, too: it grows down to here.
extern "C" std::byte stack_end[];
extern "C" std::byte data_start[];
extern "C" std::byte bss_end[];
extern "C" std::byte network_start[];
extern "C" std::byte network_end[];

namespace mbpf::firmware {

// What the linker has placed: variables of all but the network, and of that.
[[nodiscard]] inline std::uint32_t network_bytes() {
    return std::uint32_t(network_end - network_start);
}
[[nodiscard]] inline std::uint32_t variable_bytes() {
    return std::uint32_t(bss_end - data_start) - network_bytes();
}
[[nodiscard]] inline std::uint32_t stack_bytes() { return std::uint32_t(stack_end - free_end); }

[[nodiscard]] inline WritableBytes free_memory() { return {free_start, free_end}; }

}  // namespace mbpf::firmware
