// SPDX-License-Identifier: MIT
#include "firmware/cortexm/mpu.hpp"

#include <bit>

#include "firmware/memory.hpp"

extern "C" std::byte store_start[];
extern "C" std::byte store_end[];

namespace mbpf::firmware {

namespace {

// Armv7-M ARM, B3.2 and B3.5: the names are the manual's.
enum Register : std::uintptr_t {
    SHCSR = 0xe000'ed24,
    CLIDR = 0xe000'ed78,
    CTR = 0xe000'ed7c,
    MPU_TYPE = 0xe000'ed90,
    MPU_CTRL = 0xe000'ed94,
    MPU_RBAR = 0xe000'ed9c,
    MPU_RASR = 0xe000'eda0,
    ICIMVAU = 0xe000'ef58,
    DCCMVAU = 0xe000'ef64,
    BPIALL = 0xe000'ef78,
};

constexpr std::uint32_t mem_manage_enable = 1U << 16;  // SHCSR
constexpr std::uint32_t mpu_enable = 1U << 0;          // MPU_CTRL
constexpr std::uint32_t number_is_valid = 1U << 4;     // MPU_RBAR
constexpr std::uint32_t region_enable = 1U << 0;       // MPU_RASR, like all below
constexpr std::uint32_t execute_never = 1U << 28;
constexpr std::uint32_t no_access = 0U << 24;
constexpr std::uint32_t read_write = 1U << 24;
constexpr std::uint32_t read_only = 5U << 24;
constexpr std::uint32_t normal_memory = 1U << 17;  // Write-through
constexpr std::uint32_t device_memory = 1U << 16;  // Shared

// Of two regions that overlap, the one with the higher number counts.
enum Region : std::uint8_t {
    Image,
    Store,
    Ram,
    Peripherals,
    ExternalDevices,
    Code,
    RunGuard,   // The end of the stack of the run that is under way,
    MainGuard,  // and of the stack of everything else.
    Count
};

[[gnu::section(".bss.code_memory")]] alignas(code_memory_bytes) std::byte code[code_memory_bytes];
static_assert(std::has_single_bit(code_memory_bytes), "a region is a power of two");

std::uint32_t volatile& at(std::uintptr_t address) {
    return *reinterpret_cast<std::uint32_t volatile*>(address);
}

void set_region(Region region, std::uintptr_t start, std::size_t bytes, std::uint32_t attributes) {
    asm volatile("dsb" ::: "memory");  // What was written before was allowed then.
    std::uint32_t const size = std::uint32_t(std::countr_zero(bytes)) - 1;
    at(MPU_RBAR) = std::uint32_t(start) | number_is_valid | region;
    at(MPU_RASR) = attributes | size << 1 | region_enable;
    asm volatile("dsb\n\tisb" ::: "memory");
}

// Cleans data and drops stale instructions, line by line, where there are caches (Cortex-M7).
void synchronize_caches(Bytes written) {
    constexpr std::uint32_t armv7_format = 4;
    std::uint32_t const type = at(CTR);
    if (type >> 29 != armv7_format || (at(CLIDR) & 7) == 0) {
        return;
    }
    std::uintptr_t const data_line_bytes = std::uintptr_t{4} << (type >> 16 & 15);
    std::uintptr_t const code_line_bytes = std::uintptr_t{4} << (type & 15);
    std::uintptr_t const start = address_of(written.data());
    std::uintptr_t const end = start + written.size();
    for (std::uintptr_t i = start & ~(data_line_bytes - 1); i < end; i += data_line_bytes) {
        at(DCCMVAU) = std::uint32_t(i);
    }
    asm volatile("dsb" ::: "memory");
    for (std::uintptr_t i = start & ~(code_line_bytes - 1); i < end; i += code_line_bytes) {
        at(ICIMVAU) = std::uint32_t(i);
    }
    at(BPIALL) = 0;
    asm volatile("dsb\n\tisb" ::: "memory");
}

void open_for_writing(void*) {
    set_region(Code, address_of(code), sizeof code, normal_memory | read_write | execute_never);
}

void make_executable(void*, Bytes written) {
    synchronize_caches(written);
    set_region(Code, address_of(code), sizeof code, normal_memory | read_only);
}

}  // namespace

bool protect_memory() {
    if ((at(MPU_TYPE) >> 8 & 0xff) < Count) {
        return false;
    }
    constexpr std::size_t half_gib = std::size_t{1} << 29;
    set_region(Image, MBPF_FLASH_AT, MBPF_FLASH_BYTES, normal_memory | read_only);
    set_region(Store, address_of(store_start), std::size_t(store_end - store_start),
               normal_memory | read_write | execute_never);
    set_region(Ram, MBPF_RAM_AT, MBPF_RAM_BYTES, normal_memory | read_write | execute_never);
    set_region(Peripherals, 0x4000'0000, half_gib, device_memory | read_write | execute_never);
    set_region(ExternalDevices, 0xa000'0000, half_gib, device_memory | read_write | execute_never);
    make_executable(nullptr, {});
    set_region(MainGuard, address_of(free_end), guard_bytes, no_access | execute_never);
    at(SHCSR) = at(SHCSR) | mem_manage_enable;
    at(MPU_CTRL) = mpu_enable;
    asm volatile("dsb\n\tisb" ::: "memory");
    return true;
}

void guard_stack(std::byte const* stack) {
    set_region(RunGuard, address_of(stack), guard_bytes, no_access | execute_never);
}

port::CodeMemory code_memory() {
    return {.memory = code, .open = open_for_writing, .seal = make_executable};
}

}  // namespace mbpf::firmware
