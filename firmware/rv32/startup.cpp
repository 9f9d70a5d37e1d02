// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>

#include "firmware/semihosting.hpp"

extern "C" {
extern std::uint32_t data_start[];
extern std::uint32_t data_end[];
extern std::uint32_t const data_in_flash[];
extern std::uint32_t bss_start[];
extern std::uint32_t bss_end[];
}

int main();

extern "C" [[gnu::naked, gnu::section(".vectors"), gnu::used]] void reset() {
    asm volatile("la sp, stack_end\n\tj start");
}

extern "C" [[noreturn, gnu::used]] void start() {
    for (std::uint32_t i = 0; data_start + i != data_end; ++i) {
        data_start[i] = data_in_flash[i];
    }
    for (std::uint32_t* word = bss_start; word != bss_end; ++word) {
        *word = 0;
    }
    mbpf::semihosting::exit(std::uint32_t(main()));
}
