// SPDX-License-Identifier: MIT
/* state machine: finds frames in a byte stream (start, length, payload with escapes, checksum) */
#include "prog.h"
enum { START = 0x7e, ESCAPE = 0x7d };
enum state { IDLE, LENGTH, PAYLOAD, ESCAPED, CHECK };
uint32_t framing(struct ctx* c) {
    uint32_t state = IDLE, left = 0, sum = 0, good = 0, bad = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t byte = c->data[i];
        if ((i & 15) == 0)
            byte = START; /* so that random data holds frames */
        switch (state) {
        case IDLE:
            if (byte == START)
                state = LENGTH;
            break;
        case LENGTH:
            left = byte & 7;
            sum = byte;
            state = left ? PAYLOAD : CHECK;
            break;
        case PAYLOAD:
            if (byte == ESCAPE) {
                state = ESCAPED;
                break;
            }
            sum += byte;
            state = --left ? PAYLOAD : CHECK;
            break;
        case ESCAPED:
            sum += byte ^ 0x20;
            state = --left ? PAYLOAD : CHECK;
            break;
        default:
            if (((sum ^ byte) & 1) == 0) /* one bit of it: random frames pass sometimes */
                good++;
            else
                bad++;
            state = IDLE;
        }
    }
    return good << 16 | bad << 8 | state;
}
