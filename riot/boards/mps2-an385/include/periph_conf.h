/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @file
 * @brief   Peripherals of the emulated MPS2 board, image AN385
 */

#include "periph_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CLOCK_CORECLOCK     (25000000U)
#define UART_NUMOF          (1U)
#define TIMER_NUMOF         (1U)
#define TIMER_CHANNEL_NUMOF (1U)

/**
 * @brief   Address of the Ethernet controller
 */
#define MPS2_ETH            (0x40200000U)

#ifdef __cplusplus
}
#endif
