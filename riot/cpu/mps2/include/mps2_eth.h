/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @file
 * @brief   LAN9118 Ethernet controller of the MPS2 board, as much of it as QEMU has
 *
 * Names of registers and bits are those of the data sheet, chapters 5.1 to 5.4.
 */

#include "net/netdev.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief   The only device of its kind
 */
typedef struct {
    netdev_t netdev;            /**< must be first */
} mps2_eth_t;

/**
 * @brief   Makes `dev` a device that GNRC can start
 */
void mps2_eth_setup(mps2_eth_t *dev);

#ifdef __cplusplus
}
#endif
