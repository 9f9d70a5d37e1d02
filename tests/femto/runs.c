// SPDX-License-Identifier: MIT
// A container that changes between its runs: each run is of what is there when it starts. By the
// interpreter, and as compiled code where there is a compiler.
#include "container.h"

#ifdef MBPF_SMALLEST
enum { HAS_COMPILER = 0 };
#else
enum { HAS_COMPILER = 1 };
#endif
#if defined(__arm__)
enum { IS_NATIVE = 1 };
#else
enum { IS_NATIVE = 0 };
#endif

struct request {
    uint64_t address;  // What is read,
    uint32_t value;    // and where this is written then, unless it is 0.
    uint32_t padding;
};

// r0 = *address; if (value != 0) { *address = value; }
static const uint8_t access_text[] = {SLOT(0x79, 2, 1, 0, 0), LOAD_W(3, 1, 8),  LOAD_W(0, 2, 0),
                                      SLOT(0x15, 3, 0, 1, 0), STORE_W(2, 0, 3), EXIT};

static void compile(void) {
#ifndef MBPF_SMALLEST
    static uint8_t code[4096] ALIGNED_8;
    static uint8_t workspace[16384] ALIGNED_8;
    const size_t used = f12r_compile(&container, code, sizeof code, workspace, sizeof workspace);
    CHECK((used != 0) == (IS_NATIVE != 0));
#endif
    CHECK((container.engine != NULL) == (HAS_COMPILER != 0 && IS_NATIVE != 0));
}

static void start(const uint8_t* text, size_t size, int is_compiled) {
    make_text(text, size);
    set_up();
    if (is_compiled) {
        compile();
    }
}

static int access(void* address, uint32_t value) {
    struct request request = {(uintptr_t)address, value, 0};
    int64_t result = 0;
    return f12r_execute_ctx(&container, &request, sizeof request, &result);
}

static void regions_are_those_at_the_start_of_the_run(int is_compiled) {
    uint32_t a[4] = {1, 2, 3, 4};
    uint32_t b[4] = {5, 6, 7, 8};
    f12r_mem_region_t first;
    f12r_mem_region_t second;
    start(access_text, sizeof access_text, is_compiled);
    CHECK_EQUAL(access(a, 0), FC_ILLEGAL_MEM);
    f12r_add_region(&container, &first, a, sizeof a, FC_MEM_REGION_READ);
    CHECK_EQUAL(access(a, 0), FC_OK);
    CHECK_EQUAL(access(a, 9), FC_ILLEGAL_MEM);
    CHECK_EQUAL(a[0], 1);
    f12r_add_region(&container, &first, a, sizeof a, FC_MEM_REGION_READ | FC_MEM_REGION_WRITE);
    CHECK_EQUAL(access(a, 9), FC_OK);
    CHECK_EQUAL(a[0], 9);
    f12r_add_region(&container, &first, a, sizeof a, FC_MEM_REGION_WRITE);
    CHECK_EQUAL(access(a, 0), FC_ILLEGAL_MEM);
    f12r_add_region(&container, &first, b, sizeof b, FC_MEM_REGION_READ);  // Not a any more.
    CHECK_EQUAL(access(a, 0), FC_ILLEGAL_MEM);
    CHECK_EQUAL(access(b, 0), FC_OK);
    f12r_add_region(&container, &first, b, 8, FC_MEM_REGION_READ);
    CHECK_EQUAL(access(b + 1, 0), FC_OK);
    CHECK_EQUAL(access(b + 2, 0), FC_ILLEGAL_MEM);
    first.len = sizeof b;  // The caller's own.
    CHECK_EQUAL(access(b + 3, 0), FC_OK);
    first.start = (const uint8_t*)(b + 1);
    CHECK_EQUAL(access(b, 0), FC_ILLEGAL_MEM);
    first.start = (const uint8_t*)b;
    first.flag = 0;
    CHECK_EQUAL(access(b, 0), FC_ILLEGAL_MEM);
    first.flag = FC_MEM_REGION_READ;
    f12r_add_region(&container, &second, a, sizeof a, FC_MEM_REGION_READ);
    CHECK_EQUAL(access(a, 0), FC_OK);
    CHECK_EQUAL(access(b, 0), FC_OK);
    container.arg_region.next = &first;
    CHECK_EQUAL(access(a, 0), FC_ILLEGAL_MEM);
    CHECK_EQUAL(access(b, 0), FC_OK);
    f12r_setup(&container);
    CHECK_EQUAL(access(b, 0), FC_ILLEGAL_MEM);
}

static void a_context_is_one_run_s(int is_compiled) {
    struct request requests[2] = {{(uintptr_t)&requests[0], 0, 0}, {(uintptr_t)&requests[0], 0, 0}};
    int64_t result = 0;
    start(access_text, sizeof access_text, is_compiled);
    CHECK_EQUAL(f12r_execute_ctx(&container, &requests[0], sizeof *requests, &result), FC_OK);
    CHECK_EQUAL(f12r_execute_ctx(&container, &requests[1], sizeof *requests, &result),
                FC_ILLEGAL_MEM);
    CHECK_EQUAL(f12r_execute(&container, &requests[0], sizeof *requests, &result), FC_ILLEGAL_MEM);
    CHECK_EQUAL(f12r_execute_ctx(&container, &requests[0], 8, &result), FC_ILLEGAL_MEM);
    CHECK_EQUAL(f12r_execute_ctx(&container, &requests[0], sizeof *requests, &result), FC_OK);
}

// What is not lent: the run is refused, and the next one is as if it had not been.
static void a_refused_run_leaves_nothing(int is_compiled) {
    uint32_t a[4] = {1, 2, 3, 4};
    uint8_t* const top = (uint8_t*)(UINTPTR_MAX - 15);
    f12r_mem_region_t first;
    f12r_mem_region_t second;
    int64_t result = 7;
    start(access_text, sizeof access_text, is_compiled);
    f12r_add_region(&container, &first, a, sizeof a, FC_MEM_REGION_READ);
    f12r_add_region(&container, &second, top, 17, FC_MEM_REGION_READ);  // Passes the end of memory.
    CHECK_EQUAL(access(a, 0), FC_ILLEGAL_MEM);
    second.len = 16;  // Ends where memory does: compiled code is not made for that.
    CHECK_EQUAL(access(a, 0), FC_OK);
    CHECK_EQUAL(access(a, 9), FC_ILLEGAL_MEM);
    second.len = 17;
    CHECK_EQUAL(access(a, 0), FC_ILLEGAL_MEM);
    container.arg_region.next = &first;
    CHECK_EQUAL(access(a, 0), FC_OK);
    CHECK_EQUAL(f12r_execute_ctx(&container, top, 17, &result), FC_ILLEGAL_MEM);
    CHECK_EQUAL(result, 7);
    CHECK_EQUAL(f12r_load_allowed(&container, top, 1), -1);
    CHECK_EQUAL(access(a, 0), FC_OK);
    first.next = &first;  // A ring has too many.
    CHECK_EQUAL(access(a, 0), FC_ILLEGAL_MEM);
    first.next = NULL;
    CHECK_EQUAL(access(a, 0), FC_OK);
}

static void setup_takes_what_is_there_now(int is_compiled) {
    static const uint8_t one[] = {MOV_IMM(0, 1), EXIT};
    static const uint8_t two[] = {MOV_REG(0, 10), EXIT};
    static uint8_t other_stack[128] ALIGNED_16;
    static uint8_t first_image[sizeof image] ALIGNED_8;
    int64_t result = 0;
    start(one, sizeof one, is_compiled);
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 1);
    memcpy(first_image, image, image_size);
    container.application = first_image;
    make_text(two, sizeof two);
    container.application = image;
    container.application_len = image_size;
    container.stack = other_stack;
    container.stack_size = sizeof other_stack;
    f12r_setup(&container);
    CHECK(container.engine == NULL);
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, (uintptr_t)(other_stack + sizeof other_stack));
    CHECK_EQUAL(f12r_load_allowed(&container, stack, 1), -1);
    CHECK_EQUAL(f12r_load_allowed(&container, other_stack, sizeof other_stack), 0);
    container.application = first_image;
    container.flags = 0;  // Not set up: the next run does that.
    if (is_compiled) {
        compile();
    }
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 1);
    container.application_len = 8;
    f12r_setup(&container);
    CHECK(f12r_execute(&container, NULL, 0, &result) < FC_OK);
    CHECK_EQUAL(f12r_load_allowed(&container, other_stack, 1), -1);
}

static void memory_stays_as_the_last_run_left_it(int is_compiled) {
    // r0 = ++*(r10 - 8)
    static const uint8_t text[] = {LOAD_W(0, 10, -8), SLOT(0x07, 0, 0, 0, 1), STORE_W(10, -8, 0),
                                   EXIT};
    int64_t result = 0;
    start(text, sizeof text, is_compiled);
    for (int64_t run = 1; run <= 3; ++run) {
        CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
        CHECK_EQUAL(result, (uint64_t)run);
    }
}

static void every_run_has_all_branches(int is_compiled) {
    // r1 = 150; do { --r1; } while (r1 != 0)
    static const uint8_t text[] = {MOV_IMM(0, 0), MOV_IMM(1, 150), SLOT(0x07, 1, 0, 0, -1),
                                   SLOT(0x55, 1, 0, -2, 0), EXIT};
    static const uint8_t always[] = {JUMP(-1), EXIT};
    int64_t result = 0;
    start(text, sizeof text, is_compiled);
    for (int i = 0; i < 3; ++i) {
        CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    }
    start(always, sizeof always, is_compiled);
    for (int i = 0; i < 3; ++i) {
        CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OUT_OF_BRANCHES);
    }
}

void test_runs(void) {
    for (int is_compiled = 0; is_compiled <= HAS_COMPILER; ++is_compiled) {
        regions_are_those_at_the_start_of_the_run(is_compiled);
        a_context_is_one_run_s(is_compiled);
        a_refused_run_leaves_nothing(is_compiled);
        setup_takes_what_is_there_now(is_compiled);
        memory_stays_as_the_last_run_left_it(is_compiled);
        every_run_has_all_branches(is_compiled);
    }
}
