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

std::uint32_t system_control(std::uintptr_t address) {
    return *reinterpret_cast<std::uint32_t const volatile*>(address);
}

// What the memory protection refused, if it is that (Armv7-M ARM, B3.2.15, "MMFSR").
void print_memory_fault(std::uint32_t status) {
    constexpr std::uint32_t instruction_access = 1U << 0;
    constexpr std::uint32_t data_access = 1U << 1;
    constexpr std::uint32_t on_exception = 3U << 3;
    constexpr std::uint32_t address_is_valid = 1U << 7;
    if ((status & instruction_access) != 0) {
        mbpf::semihosting::print(": memory protection: this memory may not be executed");
    }
    if ((status & data_access) != 0) {
        mbpf::semihosting::print(": memory protection: it may not access");
        if ((status & address_is_valid) != 0) {
            print_word(" ", system_control(0xe000'ed34));
        }
    }
    if ((status & on_exception) != 0) {
        mbpf::semihosting::print(": memory protection: the stack is unusable");
    }
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
    // The frame may lie where nobody may read: without protection from here on (MPU_CTRL).
    *reinterpret_cast<std::uint32_t volatile*>(0xe000'ed94) = 0;
    print_word("the firmware faulted at ", frame.pc);
    print_word(", called from ", frame.lr);
    // Reads as zero on Armv6-M.
    std::uint32_t const configurable_fault_status = system_control(0xe000'ed28);
    print_word(", CFSR ", configurable_fault_status);
    print_memory_fault(configurable_fault_status);
    mbpf::semihosting::print("\n");
    mbpf::semihosting::exit(std::uint32_t(mbpf::runner::FirmwareExit::CoreFault));
}

extern "C" [[gnu::naked]] void fault() {
    // On a stack that is whole, for it may be the stack that has ended.
    asm volatile(
        "mov r0, sp\n\t"
        "ldr r1, =stack_end\n\t"
        "mov sp, r1\n\t"
        "ldr r1, =report_fault\n\t"
        "bx r1");
}

// An image that uses an interrupt defines its handler.
extern "C" [[gnu::weak, gnu::alias("fault"), gnu::nothrow]] void tick_interrupt();
extern "C" [[gnu::weak, gnu::alias("fault"), gnu::nothrow]] void network_interrupt();

namespace {

using Handler = void (*)();

// The system exceptions, then the interrupts up to the one of the network.
struct Vectors {
    std::uint32_t* initial_stack;
    Handler handlers[15];
    Handler interrupts[14];
};

[[gnu::section(".vectors"), gnu::used]] Vectors const vectors{
    stack_end,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     fault, tick_interrupt},
    {fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     network_interrupt}};

}  // namespace
