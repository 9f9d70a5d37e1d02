/* SPDX-License-Identifier: MIT */

/* Time is a counter of microseconds in the FPGA system control; an alarm is a timer that counts
 * down at the clock of the core, as often as it takes. */

#include "cpu.h"
#include "irq.h"
#include "periph/timer.h"
#include "time_units.h"

typedef struct {
    volatile uint32_t CTRL;
    volatile uint32_t VALUE;
    volatile uint32_t RELOAD;
    volatile uint32_t INTCLEAR;
} cmsdk_timer_t;

#define TIMER           ((cmsdk_timer_t *)MPS2_TIMER0)
#define CTRL_ENABLE     (1U << 0)
#define CTRL_INT        (1U << 3)
#define FPGAIO_COUNTER  (*(volatile uint32_t *)(MPS2_FPGAIO + 0x18))
#define FPGAIO_PRESCALE (*(volatile uint32_t *)(MPS2_FPGAIO + 0x1c))
#define CLOCKS_PER_US   (CLOCK_CORECLOCK / US_PER_SEC)
#define LONGEST_US      (100000000U)    /* its clocks fit into 32 bits */

static timer_isr_ctx_t _ctx;
static uint32_t _target;
static bool _is_set;

static void _arm(void)
{
    int32_t left = (int32_t)(_target - FPGAIO_COUNTER);
    uint32_t us = (left < 1) ? 1 : ((uint32_t)left > LONGEST_US) ? LONGEST_US : (uint32_t)left;

    TIMER->CTRL = 0;
    TIMER->INTCLEAR = 1;
    TIMER->RELOAD = us * CLOCKS_PER_US;
    TIMER->VALUE = us * CLOCKS_PER_US;
    TIMER->CTRL = CTRL_ENABLE | CTRL_INT;
}

int timer_init(tim_t dev, uint32_t freq, timer_cb_t cb, void *arg)
{
    if (dev != 0 || freq != US_PER_SEC) {
        return -1;
    }
    _ctx.cb = cb;
    _ctx.arg = arg;
    TIMER->CTRL = 0;
    FPGAIO_PRESCALE = CLOCKS_PER_US - 1;
    NVIC_EnableIRQ(TIMER0_IRQn);
    return 0;
}

int timer_set_absolute(tim_t dev, int channel, unsigned int value)
{
    if (dev != 0 || channel != 0) {
        return -1;
    }
    unsigned state = irq_disable();
    _target = value;
    _is_set = true;
    _arm();
    irq_restore(state);
    return 0;
}

int timer_clear(tim_t dev, int channel)
{
    if (dev != 0 || channel != 0) {
        return -1;
    }
    unsigned state = irq_disable();
    _is_set = false;
    TIMER->CTRL = 0;
    TIMER->INTCLEAR = 1;
    irq_restore(state);
    return 0;
}

unsigned int timer_read(tim_t dev)
{
    (void)dev;
    return FPGAIO_COUNTER;
}

void timer_start(tim_t dev)
{
    (void)dev;
}

void timer_stop(tim_t dev)
{
    timer_clear(dev, 0);
}

void isr_timer0(void)
{
    TIMER->INTCLEAR = 1;
    TIMER->CTRL = 0;
    if (_is_set && (int32_t)(_target - FPGAIO_COUNTER) > 0) {
        _arm();
    }
    else if (_is_set) {
        _is_set = false;
        _ctx.cb(_ctx.arg, 0);
    }
    cortexm_isr_end();
}
