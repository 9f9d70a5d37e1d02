/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       Memory for compiled code: written or executed, and never both at a time, where there
 *              is an MPU that forbids to execute RAM (module mpu_noexec_ram)
 */

#include "cpu.h"
#include "irq.h"
#include "microbpf.h"
#ifdef MODULE_MPU_NOEXEC_RAM
#include "mpu.h"
#endif

static_assert((CONFIG_MICROBPF_CODE_SIZE & (CONFIG_MICROBPF_CODE_SIZE - 1)) == 0 &&
              CONFIG_MICROBPF_CODE_SIZE >= 32, "a region of the MPU is a power of two");

#if !defined(__thumb2__)

/* What the compiler makes is Thumb-2: here everything is interpreted. */
mbpf_code_memory_t microbpf_code_memory(void)
{
    return (mbpf_code_memory_t){ 0 };
}

#else

static uint8_t _code[CONFIG_MICROBPF_CODE_SIZE]
    __attribute__((aligned(CONFIG_MICROBPF_CODE_SIZE)));

#ifdef MODULE_MPU_NOEXEC_RAM

/* RIOT uses regions 0 (RAM) and 1 (guard of the stack); a higher number counts more. */
#define CODE_REGION     (7U)

static void _configure(bool is_executable)
{
    uint32_t size = 31 - __builtin_clz(CONFIG_MICROBPF_CODE_SIZE) - 1;
    unsigned state = irq_disable();

    mpu_configure(CODE_REGION, (uintptr_t)_code,
                  MPU_ATTR(!is_executable, is_executable ? AP_RO_RO : AP_RW_RW, 0, 1, 0, 1, size));
    __DSB();
    __ISB();
    irq_restore(state);
}

#else

static void _configure(bool is_executable)
{
    (void)is_executable;
}

#endif

/* Runs stop while the memory is open: they share the thread. */
static void _open(void *context)
{
    (void)context;
    _configure(false);
}

static void _seal(void *context, const void *written, size_t bytes)
{
    (void)context;
#if defined(__DCACHE_PRESENT) && (__DCACHE_PRESENT == 1U)
    SCB_CleanDCache_by_Addr((void *)((uintptr_t)written & ~(uintptr_t)31),
                            (int32_t)(bytes + ((uintptr_t)written & 31)));
#endif
#if defined(__ICACHE_PRESENT) && (__ICACHE_PRESENT == 1U)
    SCB_InvalidateICache();
#endif
    (void)written;
    (void)bytes;
    _configure(true);
    __DSB();
    __ISB();
}

mbpf_code_memory_t microbpf_code_memory(void)
{
    _configure(true);
    return (mbpf_code_memory_t){
        .memory = _code,
        .bytes = sizeof(_code),
        .open = _open,
        .seal = _seal,
    };
}

#endif

/** @} */
