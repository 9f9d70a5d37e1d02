/* SPDX-License-Identifier: MIT */

#include "cpu.h"
#include "periph/uart.h"

typedef struct {
    volatile uint32_t DATA;
    volatile uint32_t STATE;
    volatile uint32_t CTRL;
    volatile uint32_t INTSTATUS;
    volatile uint32_t BAUDDIV;
} cmsdk_uart_t;

#define UART            ((cmsdk_uart_t *)MPS2_UART0)
#define STATE_TX_FULL   (1U << 0)
#define STATE_RX_FULL   (1U << 1)
#define CTRL_TX         (1U << 0)
#define CTRL_RX         (1U << 1)
#define CTRL_RX_INT     (1U << 3)
#define INT_RX          (1U << 1)

static uart_isr_ctx_t _ctx;

int uart_init(uart_t uart, uint32_t baudrate, uart_rx_cb_t rx_cb, void *arg)
{
    if (uart != 0 || baudrate == 0) {
        return UART_NODEV;
    }
    _ctx.rx_cb = rx_cb;
    _ctx.arg = arg;
    UART->CTRL = 0;
    UART->BAUDDIV = CLOCK_CORECLOCK / baudrate;
    UART->CTRL = CTRL_TX | (rx_cb ? CTRL_RX | CTRL_RX_INT : 0);
    if (rx_cb) {
        NVIC_EnableIRQ(UART0_RX_IRQn);
    }
    return UART_OK;
}

void uart_write(uart_t uart, const uint8_t *data, size_t len)
{
    (void)uart;
    for (size_t i = 0; i < len; i++) {
        while (UART->STATE & STATE_TX_FULL) {}
        UART->DATA = data[i];
    }
}

void uart_poweron(uart_t uart)
{
    (void)uart;
}

void uart_poweroff(uart_t uart)
{
    (void)uart;
}

void isr_uart0_rx(void)
{
    UART->INTSTATUS = INT_RX;
    while (UART->STATE & STATE_RX_FULL) {
        _ctx.rx_cb(_ctx.arg, (uint8_t)UART->DATA);
    }
    cortexm_isr_end();
}
