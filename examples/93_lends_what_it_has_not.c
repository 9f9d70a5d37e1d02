// SPDX-License-Identifier: MIT
// Misbehaves: does not read the firmware's memory itself, but asks a helper to. Helpers can reach
// everything, so the machine checks their pointers too, by the helper's signature.
//
// context: 00 00 00 00 00 00 00 00
// grant: memcpy
// expect: trap HelperArgument

#include "mbpf.h"

uint64_t lends_what_it_has_not(uint8_t* context, uint64_t bytes) {
    void const* firmware = (void const *)0x20000000;
    bpf_memcpy(context, firmware, (uint32_t)bytes);
    return context[0];
}
