// SPDX-License-Identifier: MIT
/* the length of a string, by the helper */
#include "prog.h"
uint32_t hstrlen(struct ctx* c) {
    (void)c;
    return bpf_strlen("twenty-one characters");
}
