// SPDX-License-Identifier: MIT
// Nothing else runs while a CriticalSection lives: on a single core without atomic 64-bit
// accesses, that is what makes an atomic operation of a program atomic.
#pragma once

#include <cstdint>

namespace mbpf::port {

#if defined(__arm__)

// Armv6-M, v7-M, v8-M: masks interrupts through PRIMASK (Arm ARM, "CPS"); nests.
class CriticalSection {
public:
    CriticalSection() { asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(mask_)::"memory"); }
    ~CriticalSection() { asm volatile("msr primask, %0" ::"r"(mask_) : "memory"); }
    CriticalSection(CriticalSection const&) = delete;
    CriticalSection& operator=(CriticalSection const&) = delete;

    static constexpr bool excludes_everyone = true;

private:
    std::uint32_t mask_;
};

#elif defined(__riscv) && __riscv_xlen == 32

// RV32 in machine mode: clears mstatus.MIE (RISC-V privileged specification, 3.1.6.1); nests.
class CriticalSection {
public:
    CriticalSection() { asm volatile("csrrci %0, mstatus, 8" : "=r"(status_)::"memory"); }
    ~CriticalSection() { asm volatile("csrs mstatus, %0" ::"r"(status_ & 8) : "memory"); }
    CriticalSection(CriticalSection const&) = delete;
    CriticalSection& operator=(CriticalSection const&) = delete;

    static constexpr bool excludes_everyone = true;

private:
    std::uint32_t status_;
};

#else

// A PC has other cores: there the engine uses the processor's own atomic instructions.
class CriticalSection {
public:
    static constexpr bool excludes_everyone = false;
};

#endif

}  // namespace mbpf::port
