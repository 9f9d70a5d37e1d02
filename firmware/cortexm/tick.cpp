// SPDX-License-Identifier: MIT
// The tick and sleep of a board that waits for something (Armv7-M ARM, B3.3, "SysTick").
#include "firmware/clock.hpp"
#include "mbpf/port/port.hpp"

namespace mbpf::firmware {

namespace {

constexpr std::uint32_t core_cycles_per_tick = 25'000;  // The MPS2 boards run at 25 MHz.
constexpr std::uintptr_t control = 0xe000'e010;
constexpr std::uintptr_t reload = 0xe000'e014;
constexpr std::uintptr_t current = 0xe000'e018;
constexpr std::uint32_t counts_core_cycles_and_interrupts = 7;

bool volatile is_woken = false;

std::uint32_t volatile& at(std::uintptr_t address) {
    return *reinterpret_cast<std::uint32_t volatile*>(address);
}

}  // namespace

void start_tick() {
    at(reload) = core_cycles_per_tick - 1;
    at(current) = 0;
    at(control) = counts_core_cycles_and_interrupts;
}

// WFI ends for an interrupt even while it is masked: none can come in between test and sleep.
void idle() {
    port::CriticalSection const alone;
    if (!is_woken) {
        asm volatile("dsb\n\twfi" ::: "memory");
    }
    is_woken = false;
}

void wake() { is_woken = true; }

}  // namespace mbpf::firmware

// Reading the clock often enough is what keeps its wraps counted.
extern "C" void tick_interrupt() { static_cast<void>(mbpf::firmware::now_us()); }
