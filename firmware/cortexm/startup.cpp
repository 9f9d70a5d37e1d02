// SPDX-License-Identifier: MIT
// From reset to main() and back, and what becomes of a fault of the firmware itself (Armv7-M ARM,
// B1.5). A program of a user cannot cause one: seeing it is a bug.
#include <cstdint>

#include "firmware/semihosting.hpp"
#include "runner/wire.hpp"

extern "C" {
extern std::uint32_t data_start[];
extern std::uint32_t data_end[];
extern std::uint32_t const data_in_flash[];
extern std::uint32_t bss_start[];
extern std::uint32_t bss_end[];
extern std::uint32_t stack_end[];
}

int main();

namespace {

// What the core pushes when it takes an exception.
struct ExceptionFrame {
    std::uint32_t r0, r1, r2, r3, r12, lr, pc, psr;
};

void print_word(char const* name, std::uint32_t value) {
    mbpf::semihosting::print(name);
    mbpf::semihosting::print_hex(value);
}

}  // namespace

extern "C" [[noreturn]] void reset() {
    for (std::uint32_t i = 0; data_start + i != data_end; ++i) {
        data_start[i] = data_in_flash[i];
    }
    for (std::uint32_t* word = bss_start; word != bss_end; ++word) {
        *word = 0;
    }
    mbpf::semihosting::exit(std::uint32_t(main()));
}

extern "C" [[noreturn]] void report_fault(ExceptionFrame const& frame) {
    print_word("the firmware faulted at ", frame.pc);
    print_word(", called from ", frame.lr);
    // Reads as zero on Armv6-M.
    std::uint32_t const volatile* const configurable_fault_status =
        reinterpret_cast<std::uint32_t const volatile*>(0xe000'ed28);
    print_word(", CFSR ", *configurable_fault_status);
    mbpf::semihosting::print("\n");
    mbpf::semihosting::exit(std::uint32_t(mbpf::runner::FirmwareExit::CoreFault));
}

extern "C" [[gnu::naked]] void fault() {
    asm volatile("mov r0, sp\n\tldr r1, =report_fault\n\tbx r1");
}

namespace {

using Handler = void (*)();

// The system exceptions; the firmware uses no interrupts.
struct Vectors {
    std::uint32_t* initial_stack;
    Handler handlers[15];
};

[[gnu::section(".vectors"), gnu::used]] Vectors const vectors{
    stack_end,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     fault, fault}};

}  // namespace
