// SPDX-License-Identifier: MIT
#include "bench/firmware/helpers.h"

#include <string.h>

enum { store_words = 32, temperature_type = 130, first_temperature = 215 };

uint32_t bench_log;
static uint32_t words[store_words];
static uint32_t temperature;

// Ethernet, IPv4, UDP from 10.1.2.3 to port 5683; the IP checksum is filled in.
static uint8_t const packet[] = {2,   0,   0, 0,  0,  1,  2,  0,  0,  0,  0, 2, 8,  0,  //
                                 69,  0,   0, 48, 18, 52, 64, 0,  64, 17, 0, 0, 10, 1, 2, 3,
                                 192, 168, 1, 9,  48, 57, 22, 51, 0,  28, 0, 0, 64, 1, 0, 1};

static void put_packet(struct bench_context* context) {
    enum { ip_at = 14, ip_end = 34, checksum_at = 24 };
    memcpy(context->data, packet, sizeof packet);
    uint32_t sum = 0;
    for (uint32_t i = ip_at; i < ip_end; i += 2) {
        sum += (uint32_t)context->data[i] << 8 | context->data[i + 1];
    }
    sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
    context->data[checksum_at] = (uint8_t)(sum >> 8);
    context->data[checksum_at + 1] = (uint8_t)sum;
    context->n = 64;
}

void bench_reset(struct bench_context* context, char const* program) {
    *context = (struct bench_context){.n = 360, .a = 0x12345678, .b = 0x0badcafe};
    uint32_t random = 2463534242u;  // xorshift32 (Marsaglia 2003)
    for (uint32_t i = 0; i < sizeof context->data; ++i) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        context->data[i] = (uint8_t)random;
    }
    memset(words, 0, sizeof words);
    bench_log = 0;
    temperature = first_temperature;
    if (strcmp(program, "pktfilter") == 0) {
        put_packet(context);
    }
    for (uint32_t i = 0; i < 10 && strcmp(program, "gcoap") == 0; ++i) {
        words[i] = 200 + i;
    }
}

uint32_t bench_printf(char const* format, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    bench_log = bench_log * 31 + (uint8_t)format[0] + a + 3 * b + 5 * c + 7 * d;
    return 0;
}

uint32_t bench_strlen(char const* text) { return (uint32_t)strlen(text); }

uint32_t bench_fetch(uint32_t key, uint32_t* value) {
    if (key >= store_words) {
        return (uint32_t)-1;
    }
    *value = words[key];
    return 0;
}

uint32_t bench_store(uint32_t key, uint32_t value) {
    if (key >= store_words) {
        return (uint32_t)-1;
    }
    words[key] = value;
    return 0;
}

uint32_t bench_memcpy(void* to, void const* from, uint32_t bytes) {
    memcpy(to, from, bytes);
    return 0;
}

uint32_t bench_fmt_u32(char* out, uint32_t value) {
    char digits[10];
    uint32_t count = 0;
    uint32_t size = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count != 0) {
        out[size++] = digits[--count];
    }
    return size;
}

uint32_t bench_fmt_s16(char* out, int32_t value, int32_t digits) {
    uint32_t size = 0;
    if (value < 0) {
        out[size++] = '-';
        value = -value;
    }
    if (digits != -1) {
        return size + bench_fmt_u32(out + size, (uint32_t)value);
    }
    size += bench_fmt_u32(out + size, (uint32_t)value / 10);
    out[size++] = '.';
    out[size++] = (char)('0' + value % 10);
    return size;
}

uint32_t bench_saul_find(uint32_t type) { return type == temperature_type ? 1 : 0; }

uint32_t bench_saul_read(uint32_t device, uint32_t* value) {
    if (device == 0) {
        return (uint32_t)-1;
    }
    *value = temperature++;
    return 0;
}

uint32_t bench_coap_init(void* context, uint32_t code) {
    ((struct bench_context*)context)->r = code << 8;
    return 0;
}

uint32_t bench_coap_format(void* context, uint32_t format) {
    ((struct bench_context*)context)->r += format + 2;
    return 0;
}

uint32_t bench_coap_finish(void* context, uint32_t options) {
    ((struct bench_context*)context)->r += options;
    return 16;
}

uint32_t bench_nop(uint32_t a, uint32_t b) { return a ^ b; }
