// SPDX-License-Identifier: MIT
// The free-running counter of the MPS2 boards (Arm DAI 0385, "FPGA system control and I/O").
#include "firmware/clock.hpp"

#include "mbpf/port/port.hpp"

namespace mbpf::firmware {

namespace {

constexpr std::uint32_t counter_at = 0x18;
constexpr std::uint32_t prescale_at = 0x1c;
constexpr std::uint32_t cycles_per_us = 25;

std::uint32_t volatile& timer(std::uint32_t offset) {
    return *reinterpret_cast<std::uint32_t volatile*>(std::uintptr_t{MBPF_FPGA_TIMER} + offset);
}

}  // namespace

// The counter has 32 bits: reading it once in 71 minutes, as the tick does, sees every
// time that it wraps.
std::uint64_t now_us() {
    port::CriticalSection const alone;  // The tick reads it, too.
    static std::uint64_t wraps = 0;
    static std::uint32_t last = 0;
    if (timer(prescale_at) != cycles_per_us - 1) {
        timer(prescale_at) = cycles_per_us - 1;
        last = timer(counter_at);
    }
    std::uint32_t const now = timer(counter_at);
    wraps += now < last ? 1 : 0;
    last = now;
    return wraps << 32 | now;
}

}  // namespace mbpf::firmware
