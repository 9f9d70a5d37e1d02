/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @file
 * @brief   The cores that QEMU puts on the MPS2 board: AN385 (M3), AN386 (M4F), AN500 (M7)
 */

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief   Interrupts (Arm AN385, "Interrupt assignments") that are used here
 */
typedef enum {
    NonMaskableInt_IRQn = -14,
    HardFault_IRQn = -13,
    MemoryManagement_IRQn = -12,
    BusFault_IRQn = -11,
    UsageFault_IRQn = -10,
    SVCall_IRQn = -5,
    DebugMonitor_IRQn = -4,
    PendSV_IRQn = -2,
    SysTick_IRQn = -1,
    UART0_RX_IRQn = 0,
    TIMER0_IRQn = 8,
    ETHERNET_IRQn = 13,
} IRQn_Type;

#define __MPU_PRESENT           1U
#define __VTOR_PRESENT          1U
#define __NVIC_PRIO_BITS        3U
#define __Vendor_SysTickConfig  0U

#if defined(CPU_CORE_CORTEX_M7)
#  define __CM7_REV             0x0000U
#  define __FPU_PRESENT         1U
#  define __FPU_DP              0U
#  define __ICACHE_PRESENT      0U
#  define __DCACHE_PRESENT      0U
#  include "core_cm7.h"
#elif defined(CPU_CORE_CORTEX_M4F)
#  define __CM4_REV             0x0001U
#  define __FPU_PRESENT         1U
#  include "core_cm4.h"
#else
#  define __CM3_REV             0x0201U
#  define __FPU_PRESENT         0U
#  include "core_cm3.h"
#endif

#include "cpu_conf_common.h"

#define CPU_DEFAULT_IRQ_PRIO    (1U)
#define CPU_IRQ_NUMOF           (32U)
#define CPU_FLASH_BASE          (0x00000000U)

#ifdef __cplusplus
}
#endif
