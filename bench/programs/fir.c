// SPDX-License-Identifier: MIT
/* 16-tap low-pass FIR filter over 64 samples of 16 bits, Q15 */
#include "prog.h"
#define TAPS 16
static const int16_t taps[TAPS] = {-82, -196, -157, 445, 1673, 3304, 4774, 5646,
                                   5646, 4774, 3304, 1673, 445, -157, -196, -82};
uint32_t fir(struct ctx* c) {
    const int16_t* in = (const int16_t*)(const void*)c->data;
    uint32_t digest = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 64; i++) {
        int32_t sum = 1 << 14;
#pragma clang loop unroll(disable)
        for (uint32_t k = 0; k < TAPS; k++)
            sum += in[i + k] * taps[k];
        digest = digest * 31 + (uint32_t)(sum >> 15);
    }
    return digest;
}
