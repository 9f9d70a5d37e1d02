// SPDX-License-Identifier: MIT
// Misbehaves: looks for secrets in the memory of the firmware. The machine checks every address
// against what the program owns or was lent, and stops it at this line.
//
// grant: printf
// expect: trap LoadOutside

#include "mbpf.h"

uint64_t reads_outside(void) {
    uint32_t volatile const* firmware = (uint32_t volatile const *)0x20000000;
    uint32_t secret = *firmware;
    bpf_printf("the firmware keeps %x\n", secret);
    return secret;
}
