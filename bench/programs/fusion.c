// SPDX-License-Identifier: MIT
/* sensor fusion: pitch from gyroscope and accelerometer, a complementary filter in fixed point,
 * 32 samples of three 16-bit readings */
#include "prog.h"
#define SAMPLES 32
/* eBPF before its fourth version divides without signs only */
INL int32_t divided(int32_t a, uint32_t b) {
    return a < 0 ? -(int32_t)((0u - (uint32_t)a) / b) : (int32_t)((uint32_t)a / b);
}
INL int32_t reading(const uint8_t* p) { return (int16_t)(p[0] | p[1] << 8); }
uint32_t fusion(struct ctx* c) {
    const uint8_t* p = c->data;
    int32_t pitch = 0; /* degrees, 16 fractional bits */
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < SAMPLES; i++, p += 6) {
        int32_t rate = reading(p) >> 4;        /* degrees a second, 4 fractional bits */
        int32_t ahead = reading(p + 2) >> 4;   /* acceleration, 1 g = 1024 */
        int32_t down = (reading(p + 4) >> 4) | 1024;
        pitch += divided(rate * 4096, 100);    /* 100 samples a second */
        if (down > 0) {
            /* atan(x) = x / (1 + 0.28 x^2), for |x| < 1, as degrees */
            int32_t x = divided(ahead * 1024, (uint32_t)down);
            x = x > 1024 ? 1024 : x < -1024 ? -1024 : x;
            int32_t angle = divided(x * 58671, 1024 + (uint32_t)(x * x) / 3657) * 64;
            pitch += divided(angle - pitch, 50);
        }
    }
    return (uint32_t)pitch;
}
