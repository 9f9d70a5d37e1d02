// SPDX-License-Identifier: MIT
// Images of instructions, and a container to run them in.
#pragma once

#include <string.h>

#define F12R_BPF_NAMES
#include "check.h"
#include "f12r.h"

enum { IMAGE_ROOM = 4096 };

static uint8_t image[IMAGE_ROOM] ALIGNED_8;
static size_t image_size;
static uint8_t stack[FC_STACK_SIZE] ALIGNED_16;
static f12r_t container;

struct parts {
    uint32_t header;  // 28 or 32 bytes
    const uint8_t* data;
    uint32_t data_size;
    const uint8_t* rodata;
    uint32_t rodata_size;
    const uint8_t* text;
    uint32_t text_size;
};

static inline uint8_t* put(uint8_t* to, const void* from, size_t bytes) {
    if (bytes != 0) {
        memcpy(to, from, bytes);
    }
    return to + bytes;
}

static inline void make_image(const struct parts* parts) {
    uint32_t zeros[3] = {0, 0, 0};
    uint8_t* to = put(image, "rBPF", 4);
    to = put(to, zeros, parts->header == 32 ? 12 : 8);
    to = put(to, &parts->data_size, 4);
    to = put(to, &parts->rodata_size, 4);
    to = put(to, &parts->text_size, 4);
    to = put(to, zeros, 4);
    to = put(to, parts->data, parts->data_size);
    to = put(to, parts->rodata, parts->rodata_size);
    to = put(to, parts->text, parts->text_size);
    image_size = (size_t)(to - image);
}

static inline void make_text(const uint8_t* text, size_t size) {
    struct parts parts = {28, NULL, 0, NULL, 0, text, (uint32_t)size};
    make_image(&parts);
}

static inline void set_up(void) {
    memset(&container, 0, sizeof container);
    container.application = image;
    container.application_len = image_size;
    container.stack = stack;
    container.stack_size = sizeof stack;
    f12r_setup(&container);
}

static inline int status_of(const uint8_t* text, size_t size) {
    make_text(text, size);
    set_up();
    return f12r_verify_preflight(&container);
}

static inline int run(const uint8_t* text, size_t size, void* context, size_t bytes,
                      int64_t* result) {
    make_text(text, size);
    set_up();
    return f12r_execute_ctx(&container, context, bytes, result);
}

#define STATUS_OF(text) status_of(text, sizeof text)
#define RUN(text, context, bytes, result) run(text, sizeof text, context, bytes, result)

void test_instructions(void);
void test_runs(void);
