/* SPDX-License-Identifier: MIT */

#include "cpu.h"
#include "vectors_cortexm.h"

/* here, because an alias needs its target in the same file */
void dummy_handler(void)
{
    dummy_handler_default();
}

WEAK_DEFAULT void isr_svc(void);
WEAK_DEFAULT void isr_pendsv(void);
WEAK_DEFAULT void isr_systick(void);
WEAK_DEFAULT void isr_uart0_rx(void);
WEAK_DEFAULT void isr_timer0(void);
WEAK_DEFAULT void isr_ethernet(void);

ISR_VECTOR(1) const isr_t vector_cpu[CPU_IRQ_NUMOF] = {
    [UART0_RX_IRQn] = isr_uart0_rx,
    [TIMER0_IRQn] = isr_timer0,
    [ETHERNET_IRQn] = isr_ethernet,
};
