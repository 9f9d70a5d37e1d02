/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @file
 * @brief   Peripherals of the MPS2 board as QEMU has them
 */

#include <stdint.h>

#include "cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief   Address of the UART that is stdio (CMSDK APB UART)
 */
#define MPS2_UART0              (0x40004000U)

/**
 * @brief   Address of the timer for alarms (CMSDK APB timer)
 */
#define MPS2_TIMER0             (0x40000000U)

/**
 * @brief   Address of the counter that never stops (FPGA system control)
 */
#define MPS2_FPGAIO             (0x40028000U)

#ifdef __cplusplus
}
#endif
