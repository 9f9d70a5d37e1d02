// SPDX-License-Identifier: MIT
/* small neural net, 8-bit: 16 inputs, 12 hidden neurons (ReLU), 4 outputs; the answer is the index
 * of the largest. Weights come with the context, as a model that the firmware lends */
#include "prog.h"
#define INPUTS 16
#define HIDDEN 12
#define OUTPUTS 4
uint32_t neural_net(struct ctx* c) {
    const signed char* in = (const signed char*)c->data;
    const signed char* weight = in + INPUTS;
    int32_t hidden[HIDDEN];
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < HIDDEN; i++) {
        int32_t sum = 0;
#pragma clang loop unroll(disable)
        for (uint32_t k = 0; k < INPUTS; k++)
            sum += in[k] * weight[k];
        weight += INPUTS;
        sum >>= 6;
        hidden[i] = sum < 0 ? 0 : sum > 127 ? 127 : sum;
    }
    int32_t best = -0x7fffffff;
    uint32_t answer = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < OUTPUTS; i++) {
        int32_t sum = 0;
#pragma clang loop unroll(disable)
        for (uint32_t k = 0; k < HIDDEN; k++)
            sum += hidden[k] * weight[k];
        weight += HIDDEN;
        if (sum > best) {
            best = sum;
            answer = i;
        }
    }
    return answer | (uint32_t)best << 8;
}
