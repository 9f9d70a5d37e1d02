/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @defgroup    sys_microbpf_config  microbpf compile time configuration
 * @ingroup     sys_microbpf
 * @ingroup     config
 * @{
 *
 * @file
 * @brief       Sizes and places of containers
 */

#include "thread.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief   Bytes for stacks and data of all programs; a multiple of 8
 */
#ifndef CONFIG_MICROBPF_RAM_SIZE
#define CONFIG_MICROBPF_RAM_SIZE            (8192U)
#endif

/**
 * @brief   Bytes for compiled code of all programs; a power of two of at least 32, for the MPU
 */
#ifndef CONFIG_MICROBPF_CODE_SIZE
#define CONFIG_MICROBPF_CODE_SIZE           (8192U)
#endif

/**
 * @brief   Number of slots for images: one for each container, and one to install the next into
 */
#ifndef CONFIG_MICROBPF_SLOTS
#define CONFIG_MICROBPF_SLOTS               (6U)
#endif

/**
 * @brief   Bytes of a slot, and so of the largest image; a multiple of those of a sector
 */
#ifndef CONFIG_MICROBPF_SLOT_SIZE
#define CONFIG_MICROBPF_SLOT_SIZE           (4096U)
#endif

/**
 * @brief   Bytes that storage erases at once, a power of two; with microbpf_mtd, a multiple of a
 *          sector of the device
 */
#ifndef CONFIG_MICROBPF_SECTOR_SIZE
#define CONFIG_MICROBPF_SECTOR_SIZE         (1024U)
#endif

/**
 * @brief   Which memory technology device microbpf_mtd takes: the argument of mtd_dev_get()
 */
#ifndef CONFIG_MICROBPF_MTD
#define CONFIG_MICROBPF_MTD                 (0U)
#endif

/**
 * @brief   Where the storage starts on it, in bytes
 */
#ifndef CONFIG_MICROBPF_MTD_OFFSET
#define CONFIG_MICROBPF_MTD_OFFSET          (0U)
#endif

/**
 * @brief   Priority of the thread that containers run in
 *
 * A program may compute for as long as its budget allows: what must not wait for it has a higher
 * priority.
 */
#ifndef CONFIG_MICROBPF_PRIORITY
#define CONFIG_MICROBPF_PRIORITY            (THREAD_PRIORITY_IDLE - 1)
#endif

/**
 * @brief   Bytes of stack of that thread. Programs have stacks of their own.
 *
 * Checking a signature takes most of it.
 */
#ifndef CONFIG_MICROBPF_STACK_SIZE
#if defined(MODULE_MICROBPF_COAP) || DOXYGEN
#define CONFIG_MICROBPF_STACK_SIZE          (3 * THREAD_STACKSIZE_LARGE + 2048)
#else
#define CONFIG_MICROBPF_STACK_SIZE          (THREAD_STACKSIZE_DEFAULT + 2048)
#endif
#endif

/**
 * @brief   1: all images of the firmware are installed at the start (@ref MICROBPF_IMAGE)
 */
#ifndef CONFIG_MICROBPF_AUTOLOAD
#define CONFIG_MICROBPF_AUTOLOAD            (1)
#endif

/**
 * @brief   Number of helpers that applications may add (@ref MICROBPF_HELPERS)
 */
#ifndef CONFIG_MICROBPF_OWN_HELPERS
#define CONFIG_MICROBPF_OWN_HELPERS         (8U)
#endif

/**
 * @brief   Ed25519 public key of the administrator: 64 hexadecimal digits, as `mbpf key show` has
 *          it. Empty: nobody may install over the network.
 */
#ifndef CONFIG_MICROBPF_ADMINISTRATOR
#define CONFIG_MICROBPF_ADMINISTRATOR       ""
#endif

/**
 * @brief   UDP port of the agent
 *
 * CoAP's own, unless another server of RIOT's has that.
 */
#ifndef CONFIG_MICROBPF_COAP_PORT
#if defined(MODULE_NANOCOAP_SERVER) || defined(MODULE_GCOAP) || defined(MODULE_UNICOAP)
#define CONFIG_MICROBPF_COAP_PORT           (5685U)
#else
#define CONFIG_MICROBPF_COAP_PORT           (5683U)
#endif
#endif

/**
 * @brief   Bytes of the largest datagram that the agent takes
 */
#ifndef CONFIG_MICROBPF_COAP_BUFFER_SIZE
#define CONFIG_MICROBPF_COAP_BUFFER_SIZE    (1280U)
#endif

/**
 * @brief   Bytes of the largest answer to the prototype's /with_coap_pkt
 */
#ifndef CONFIG_MICROBPF_LEGACY_PAYLOAD_SIZE
#define CONFIG_MICROBPF_LEGACY_PAYLOAD_SIZE (128U)
#endif

/**
 * @brief   Name of the vendor, whose UUID (version 5, of a domain name) manifests have
 */
#ifndef CONFIG_MICROBPF_VENDOR
#define CONFIG_MICROBPF_VENDOR              "microbpf"
#endif

/**
 * @brief   Number of places that SUIT manifests may name: mbpf.0, mbpf.1, ...
 */
#ifndef CONFIG_MICROBPF_SUIT_LOCATIONS
#define CONFIG_MICROBPF_SUIT_LOCATIONS      (4U)
#endif

#ifdef __cplusplus
}
#endif

/** @} */
