/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @addtogroup  sys_microbpf
 * @{
 *
 * @file
 * @brief       Containers in RIOT: small eBPF programs beside the firmware
 *
 * Containers run in a thread of their own. Whatever is called here from another thread is done
 * there, while the caller waits: no locks, and no stack of the caller's for programs.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "mbpf.h"
#include "microbpf_config.h"
#include "xfa.h"

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(__cplusplus) || DOXYGEN
/**
 * @brief   Adds helpers of the application to those that programs may call
 *
 * @code
 * MICROBPF_HELPERS(my_helpers) = MBPF_HELPER(0xa0, read_tank, MBPF_SCALAR, 0, 0, 0, 0);
 * @endcode
 *
 * One entry each, in any C file. An id that a standard helper has replaces that one. At most
 * @ref CONFIG_MICROBPF_OWN_HELPERS.
 *
 * @param   name    of the constant, unique in the application
 */
#define MICROBPF_HELPERS(name) XFA_CONST(mbpf_helper_t, microbpf_helpers, 0) name

/**
 * @brief   Makes an image that is part of the firmware known by name
 *
 * @code
 * #include "blob/hello.mbpf.h"     // BLOBS += hello.mbpf
 * MICROBPF_IMAGE(hello, hello_mbpf, sizeof(hello_mbpf));
 * @endcode
 *
 * @param   image   name of the container: a C identifier of at most 23 small letters and digits
 * @param   start   first byte of the image
 * @param   length  bytes of it
 */
#define MICROBPF_IMAGE(image, start, length)                                    \
    XFA_CONST(microbpf_image_t, microbpf_images, 0) microbpf_image_ ## image =  \
        { #image, (start), (length) }
#endif

/**
 * @brief   An image that is part of the firmware
 */
typedef struct {
    const char *name;       /**< of the container that it becomes */
    const void *image;      /**< first byte */
    size_t bytes;           /**< of the image */
} microbpf_image_t;

/**
 * @brief   What is to be done in the thread of the containers
 */
typedef void (*microbpf_call_t)(mbpf_device_t *device, void *arg);

/**
 * @brief   Calls a function in the thread of the containers, and waits until it has returned
 *
 * It may use mbpf_device.h and mbpf_map.h. Not to be called by a helper, nor in an interrupt.
 *
 * @param[in]   fn      function
 * @param[in]   arg     what it gets
 */
void microbpf_call(microbpf_call_t fn, void *arg);

/**
 * @brief   Runs the programs on an event hook, and waits for them
 *
 * @param[in]       hook    number of the event
 * @param[in,out]   context what each program gets; or NULL
 * @param[in]       bytes   of the context
 * @param[in]       access  what a program may do with it
 * @param[out]      result  what became of it; or NULL
 *
 * @return  number of programs that ran
 */
uint32_t microbpf_hook_run(uint32_t hook, void *context, size_t bytes, mbpf_access_t access,
                           mbpf_hook_result_t *result);

/**
 * @brief   Runs the programs on an event hook soon, without a context; may be called in an
 *          interrupt
 *
 * Posting one that has not run yet does nothing.
 *
 * @param[in]   hook    number of the event: 0 to 31
 */
void microbpf_hook_post(uint32_t hook);

/**
 * @brief   Installs an image, with all rights, or replaces the container of that name
 *
 * @param[in]   name    of the container
 * @param[in]   image   first byte; at any address
 * @param[in]   bytes   of the image
 * @param[out]  error   what is wrong with it; or NULL
 *
 * @return  MBPF_FAULT_NONE, or why the container is as it was
 */
mbpf_fault_t microbpf_install(const char *name, const void *image, size_t bytes,
                              mbpf_error_t *error);

/**
 * @brief   Installs an image of the firmware by its name (@ref MICROBPF_IMAGE)
 *
 * @param[in]   name    of the image and the container
 * @param[out]  error   what is wrong with it; or NULL
 *
 * @return  MBPF_FAULT_NONE, or why not
 */
mbpf_fault_t microbpf_install_own(const char *name, mbpf_error_t *error);

/**
 * @name    For the other files of this module
 * @{
 */

/**
 * @brief   Queue of what the thread of the containers does
 */
extern event_queue_t microbpf_queue;

/**
 * @brief   Devices that programs reach; in the thread of the containers only
 */
extern mbpf_devices_t microbpf_devices;

/**
 * @brief   Called in the thread of the containers: fill in what programs reach. Sensors before
 *          whatever runs, pins once.
 */
void microbpf_saul_init(mbpf_devices_t *devices);
void microbpf_gpio_init(mbpf_devices_t *devices);
bool microbpf_mtd_configure(mbpf_flash_t *flash);

/**
 * @brief   Called before the device opens, and behind that
 */
void microbpf_coap_configure(mbpf_device_config_t *config);
void microbpf_coap_start(mbpf_device_t *device);

/**
 * @brief   Called once, when programs can run: the resources of the prototype
 */
void microbpf_legacy_start(void);

/**
 * @brief   Memory for compiled code
 */
mbpf_code_memory_t microbpf_code_memory(void);

/** @} */

#ifdef __cplusplus
}
#endif

/** @} */
