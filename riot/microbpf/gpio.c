/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       Pins that programs may use: those that the application has named
 */

#include "bitfield.h"
#include "log.h"
#include "microbpf_gpio.h"

#define MAX_PINS    (64U)

XFA_INIT_CONST(microbpf_pin_t, microbpf_pins);

static BITFIELD(_ready, MAX_PINS);  /* Those that RIOT could set up. */

static const microbpf_pin_t *_find(uint32_t port, uint32_t number)
{
    for (size_t i = 0; i < XFA_LEN(microbpf_pin_t, microbpf_pins); i++) {
        if (microbpf_pins[i].port == port && microbpf_pins[i].number == number) {
            return i < MAX_PINS && bf_isset(_ready, i) ? &microbpf_pins[i] : NULL;
        }
    }
    return NULL;
}

static int32_t _read(void *context, uint32_t port, uint32_t number)
{
    (void)context;
    const microbpf_pin_t *pin = _find(port, number);

    return pin ? (gpio_read(pin->gpio) ? 1 : 0) : -1;
}

static int32_t _write(void *context, uint32_t port, uint32_t number, uint32_t level)
{
    (void)context;
    const microbpf_pin_t *pin = _find(port, number);

    if (!pin || pin->mode == GPIO_IN || pin->mode == GPIO_IN_PD || pin->mode == GPIO_IN_PU) {
        return -1;
    }
    gpio_write(pin->gpio, level ? 1 : 0);
    return 0;
}

void microbpf_gpio_init(mbpf_devices_t *devices)
{
    for (size_t i = 0; i < XFA_LEN(microbpf_pin_t, microbpf_pins); i++) {
        const microbpf_pin_t *pin = &microbpf_pins[i];
        if (i < MAX_PINS && gpio_init(pin->gpio, pin->mode) == 0) {
            bf_set(_ready, i);
        }
        else {
            LOG_ERROR("microbpf: pin %u of port %u does not start\n", pin->number, pin->port);
        }
    }
    devices->read_pin = _read;
    devices->write_pin = _write;
}

/** @} */
