// SPDX-License-Identifier: MIT
#include "prog.h"
uint32_t hfmt(struct ctx* c) {
    char buf[8];
    (void)c;
    uint32_t n = bpf_fmt_s16(buf, -125, -1);
    n += bpf_fmt_u32(buf, 12345);
    return n;
}
