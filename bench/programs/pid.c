// SPDX-License-Identifier: MIT
/* PID controller with a clamped integral, closed around a first-order plant, 64 steps of 16.16 */
#include "prog.h"
INL int32_t clamp(int32_t x, int32_t limit) { return x > limit ? limit : x < -limit ? -limit : x; }
INL int32_t times(int32_t a, int32_t b) { return (int32_t)((int64_t)a * b >> 16); }
uint32_t pid(struct ctx* c) {
    const int32_t kp = 137000, ki = 9800, kd = 24000, limit = 100 << 16;
    int32_t target = (int32_t)(c->data[0] & 63) << 16, value = 0, integral = 0, last = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 64; i++) {
        int32_t error = target - value;
        integral = clamp(integral + times(ki, error), limit / 2);
        int32_t output = clamp(times(kp, error) + integral + times(kd, error - last), limit);
        last = error;
        value += times(output - value, 5900) + (c->data[i & 31] & 7) * 256;
    }
    return (uint32_t)value;
}
