// SPDX-License-Identifier: MIT
#include "prog.h"
uint32_t hfmt_u32(struct ctx* c) {
    char buf[8];
    (void)c;
    return bpf_fmt_u32(buf, 12345);
}
