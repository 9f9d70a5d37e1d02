// SPDX-License-Identifier: MIT
#include "prog.h"
uint32_t hfmt_s16(struct ctx* c) {
    char buf[8];
    (void)c;
    return bpf_fmt_s16(buf, -125, -1);
}
