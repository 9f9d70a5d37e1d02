// SPDX-License-Identifier: MIT
// The timer of the RISC-V unprivileged specification ("Zicntr"), taken to run at 1 MHz.
#include "firmware/clock.hpp"

namespace mbpf::firmware {

std::uint64_t now_us() {
    std::uint32_t high = 0;
    std::uint32_t low = 0;
    std::uint32_t again = 0;
    do {
        asm volatile("rdtimeh %0\n\trdtime %1\n\trdtimeh %2" : "=r"(high), "=r"(low), "=r"(again));
    } while (high != again);
    return std::uint64_t{high} << 32 | low;
}

}  // namespace mbpf::firmware
