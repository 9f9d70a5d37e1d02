/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @addtogroup  sys_microbpf
 * @{
 *
 * @file
 * @brief       Pins that programs may use
 */

#include "microbpf.h"
#include "periph/gpio.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief   A pin, as programs name it and as RIOT does
 */
typedef struct {
    uint8_t port;       /**< for programs */
    uint8_t number;     /**< for programs */
    gpio_t gpio;        /**< for RIOT */
    gpio_mode_t mode;   /**< set when containers start */
} microbpf_pin_t;

#if !defined(__cplusplus) || DOXYGEN
/**
 * @brief   Lets programs use a pin; there are no others for them
 *
 * @code
 * MICROBPF_PIN(0, 3, GPIO_PIN(PORT_B, 5), GPIO_OUT);
 * @endcode
 *
 * @param   port_   of the pin, as programs name it
 * @param   number_ of the pin in that port
 * @param   gpio_   the pin, as RIOT names it
 * @param   mode_   input or output
 */
#define MICROBPF_PIN(port_, number_, gpio_, mode_)                                          \
    XFA_CONST(microbpf_pin_t, microbpf_pins, 0) microbpf_pin_ ## port_ ## _ ## number_ =    \
        { (port_), (number_), (gpio_), (mode_) }
#endif

#ifdef __cplusplus
}
#endif

/** @} */
