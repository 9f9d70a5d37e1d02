// SPDX-License-Identifier: MIT
/* 100 calls of a trivial helper: cost of the call gate */
#include "prog.h"
uint32_t helpers100(struct ctx* c) {
    uint32_t s = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 100; i++)
        s += bpf_nop(i, c->a);
    return s;
}
