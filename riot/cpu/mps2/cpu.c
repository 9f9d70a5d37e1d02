/* SPDX-License-Identifier: MIT */

#include "cpu.h"
#include "kernel_init.h"
#include "periph/init.h"
#include "stdio_base.h"

void cpu_init(void)
{
    cortexm_init();
    early_init();
    periph_init();
}
