// SPDX-License-Identifier: MIT
// Helpers that are written in C, by themselves and among the standard ones.
#include <string.h>

#include "check.h"
#include "mbpf.h"

static uint64_t read_sensor(mbpf_caller_t* caller, const uint64_t* args) {
    int32_t* reading = (int32_t*)mbpf_pointer(args[1]);
    if (args[0] == 99) {
        mbpf_fail(caller);
        return 0;
    }
    *reading = 215;
    return mbpf_called(caller);
}

static uint32_t add(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e) {
    (void)c;
    (void)d;
    (void)e;
    return a + b;
}

// Sums bytes; tells by its attached word how often it was called.
static uint64_t sum(mbpf_caller_t* caller, const uint64_t* args) {
    const uint8_t* bytes = (const uint8_t*)mbpf_pointer(args[0]);
    uint32_t* calls = (uint32_t*)mbpf_attached(caller);
    uint32_t result = 0;
    ++*calls;
    for (uint32_t i = 0; i < (uint32_t)args[1]; ++i) {
        result += bytes[i];
    }
    CHECK(mbpf_may_read(caller, args[0], (uint32_t)args[1]));
    CHECK(!mbpf_may_write(caller, (uintptr_t)&checks_failed, 1));
    return result;
}

static const mbpf_helper_t list[] = {
    MBPF_HELPER(0xa0, read_sensor, MBPF_SCALAR, MBPF_WRITABLE(4), 0, 0, 0),
    MBPF_HELPER_WORDS(0xa1, add, 2),
    MBPF_HELPER(0xa2, sum, MBPF_READABLE_SIZED_BY(2), MBPF_SCALAR, 0, 0, 0),
};
enum { COUNT = sizeof list / sizeof list[0] };

#ifndef __cplusplus  // C++ has no initializers by index.
static const uint8_t index_by_id[MBPF_HELPER_IDS] = {[0xa0] = 1, [0xa1] = 2, [0xa2] = 3};
static const mbpf_helpers_t table = {list, index_by_id};
static const mbpf_helpers_t* written_table(void) { return &table; }
#else
static const mbpf_helpers_t* written_table(void) {
    static mbpf_helper_t room[COUNT];
    static uint8_t index_by_id[MBPF_HELPER_IDS];
    static mbpf_helpers_t table;
    CHECK_EQUAL(mbpf_helpers_build(room, COUNT, index_by_id, NULL, list, COUNT, &table, NULL),
                MBPF_FAULT_NONE);
    return &table;
}
#endif

static ALIGNED_8 unsigned char memory[1024];

static mbpf_instance_t* instance_of(const uint8_t* text, size_t size,
                                    const mbpf_helpers_t* helpers) {
    static mbpf_program_t program;
    static mbpf_instance_t instance;
    mbpf_policy_t policy = mbpf_policy_default();
    CHECK_EQUAL(mbpf_open(&program, text, size, MBPF_FORMAT_TEXT, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_verify(&program, helpers, &policy, NULL, 0, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, helpers, NULL),
                MBPF_FAULT_NONE);
    return &instance;
}

static mbpf_outcome_t outcome_of(mbpf_instance_t* instance) {
    mbpf_outcome_t outcome;
    memset(&outcome, 0xff, sizeof outcome);
    CHECK_EQUAL(mbpf_run(instance, 0, 1000, &outcome, NULL), MBPF_FAULT_NONE);
    return outcome;
}

static mbpf_outcome_t run(const uint8_t* text, size_t size, const mbpf_helpers_t* helpers,
                          void* own) {
    mbpf_instance_t* instance = instance_of(text, size, helpers);
    mbpf_attach_own(instance, own);
    return outcome_of(instance);
}

static mbpf_outcome_t run_in(mbpf_environment_t* environment, const uint8_t* text, size_t size,
                             const mbpf_helpers_t* helpers) {
    mbpf_instance_t* instance = instance_of(text, size, helpers);
    CHECK_EQUAL(mbpf_attach(instance, environment, NULL), MBPF_FAULT_NONE);
    return outcome_of(instance);
}

static void are_called(void) {
    // *(u32*)(r10 - 8) = reading; r0 = add(reading, the id by which it was called)
    static const ALIGNED_8 uint8_t text[] = {MOV_IMM(1, 1),
                                             MOV_REG(2, 10),
                                             SLOT(0x07, 2, 0, 0, -8),
                                             CALL(0xa0),
                                             LOAD_W(1, 10, -8),
                                             MOV_REG(2, 0),
                                             CALL(0xa1),
                                             EXIT};
    CHECK_EQUAL(mbpf_helpers_check(written_table(), COUNT), COUNT);
    CHECK_EQUAL(run(text, sizeof text, written_table(), NULL).result, 215 + 0xa0);
}

static void none_are_no_helpers(void) {
    static const mbpf_helpers_t none = {NULL, NULL};
    mbpf_helper_t room[COUNT];
    uint8_t index[MBPF_HELPER_IDS];
    mbpf_helpers_t built;
    CHECK_EQUAL(mbpf_helpers_count(&none), 0);
    CHECK_EQUAL(mbpf_helpers_check(&none, 0), 0);
    CHECK_EQUAL(mbpf_helpers_check(&none, 1), 0);
    CHECK_EQUAL(mbpf_helpers_build(room, COUNT, index, &none, list, COUNT, &built, NULL),
                MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_helpers_count(&built), COUNT);
}

static void without_a_function_or_a_size_are_refused(void) {
    mbpf_helper_t room[1];
    uint8_t index[MBPF_HELPER_IDS];
    mbpf_helpers_t built;
    mbpf_helper_t zeroed;
    mbpf_helper_t sizeless = list[0];
    memset(&zeroed, 0, sizeof zeroed);
    CHECK_EQUAL(mbpf_helpers_build(room, 1, index, NULL, &zeroed, 1, &built, NULL),
                MBPF_FAULT_HELPER_UNKNOWN);
    sizeless.args[1] = 3;  // MBPF_WRITABLE, of nothing.
    CHECK_EQUAL(mbpf_helpers_build(room, 1, index, NULL, &sizeless, 1, &built, NULL),
                MBPF_FAULT_HELPER_UNKNOWN);
}

static void may_end_the_run(void) {
    static const ALIGNED_8 uint8_t text[] = {MOV_IMM(1, 99), MOV_REG(2, 10),
                                             SLOT(0x07, 2, 0, 0, -8), CALL(0xa0), EXIT};
    mbpf_outcome_t outcome = run(text, sizeof text, written_table(), NULL);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_HELPER_FAILED);
    CHECK_EQUAL(outcome.pc, 3);
}

static void get_no_pointer_that_the_program_may_not_use(void) {
    static const ALIGNED_8 uint8_t made_up[] = {MOV_IMM(1, 1), MOV_IMM(2, 64), CALL(0xa0), EXIT};
    static const ALIGNED_8 uint8_t beyond[] = {MOV_REG(1, 10), SLOT(0x07, 1, 0, 0, -8),
                                               MOV_IMM(2, 4096), CALL(0xa2), EXIT};
    uint32_t calls = 0;
    mbpf_outcome_t outcome = run(made_up, sizeof made_up, written_table(), NULL);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_HELPER_ARGUMENT);
    CHECK_EQUAL(outcome.bytes, 2);
    CHECK_EQUAL(outcome.address, 64);
    outcome = run(beyond, sizeof beyond, written_table(), &calls);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_HELPER_ARGUMENT);
    CHECK_EQUAL(outcome.bytes, 1);
    CHECK_EQUAL(calls, 0);
}

static void reach_what_is_attached(void) {
    static const ALIGNED_8 uint8_t text[] = {SLOT(0x7a, 10, 0, -8, 0x01020304),
                                             MOV_REG(1, 10),
                                             SLOT(0x07, 1, 0, 0, -8),
                                             MOV_IMM(2, 8),
                                             CALL(0xa2),
                                             EXIT};
    uint32_t calls = 0;
    CHECK_EQUAL(run(text, sizeof text, written_table(), &calls).result, 1 + 2 + 3 + 4);
    CHECK_EQUAL(calls, 1);
}

static void wrong_tables_are_noticed(void) {
    static mbpf_helper_t wrong[COUNT];
    static mbpf_helper_t room[COUNT];
    static uint8_t index[MBPF_HELPER_IDS];
    mbpf_helpers_t made = {wrong, index};
    mbpf_error_t error;

    memcpy(wrong, list, sizeof wrong);
    wrong[2].args[1] = MBPF_READABLE(4);  // The size is a pointer.
    CHECK_EQUAL(mbpf_helpers_build(room, COUNT, index, NULL, wrong, COUNT, &made, &error),
                MBPF_FAULT_HELPER_UNKNOWN);
    CHECK_EQUAL(error.where, 2);
    memcpy(wrong, list, sizeof wrong);
    wrong[1].id = 0xa0;
    CHECK_EQUAL(mbpf_helpers_build(room, COUNT, index, NULL, wrong, COUNT, &made, &error),
                MBPF_FAULT_HELPER_UNKNOWN);
    CHECK_EQUAL(error.where, 1);
    wrong[1].id = 0xa1;
    wrong[0].pointers = 0;  // Nobody would look at it.
    CHECK_EQUAL(mbpf_helpers_build(room, COUNT, index, NULL, wrong, COUNT, &made, NULL),
                MBPF_FAULT_HELPER_UNKNOWN);
    CHECK_EQUAL(mbpf_helpers_build(room, 2, index, NULL, list, COUNT, &made, &error),
                MBPF_FAULT_MEMORY_TOO_SMALL);
    CHECK_EQUAL(error.allowed, COUNT);

    memset(index, 0, sizeof index);
    made.helpers = list;
    made.index_by_id = index;
    index[0xa0] = 1;
    index[0xa1] = 2;
    CHECK_EQUAL(mbpf_helpers_check(&made, COUNT), 2);  // The third is not found.
    index[0xa2] = 3;
    CHECK_EQUAL(mbpf_helpers_check(&made, COUNT), COUNT);
    index[0x33] = 1;  // Another helper's id.
    CHECK_EQUAL(mbpf_helpers_check(&made, COUNT), 0);
}

static uint64_t now_us(void) { return 5000; }

static void stand_beside_the_standard_ones(void) {
    enum { ROOM = 128 };
    static mbpf_helper_t room[ROOM];
    static uint8_t index[MBPF_HELPER_IDS];
    static mbpf_environment_t environment;
    static mbpf_store_t global;
    mbpf_store_entry_t entries[2];
    char output[16];
    mbpf_helpers_t standard = mbpf_standard_helpers();
    mbpf_helpers_t made;
    mbpf_environment_config_t config;
    mbpf_outcome_t outcome;
    // r6 = now in ms, by the standard helper; r0 = add(r6, 1)
    static const ALIGNED_8 uint8_t text[] = {
        CALL(0x20),    MOV_REG(1, 0),  MOV_IMM(2, 1), CALL(0xa1),    MOV_REG(6, 0),
        MOV_IMM(1, 7), MOV_IMM(2, 11), CALL(0x11),    MOV_REG(0, 6), EXIT};
    // printf("hi")
    static const ALIGNED_8 uint8_t greeting[] = {MOV_IMM(2, 0x6968),
                                                 SLOT(0x7b, 10, 2, -8, 0),
                                                 MOV_REG(1, 10),
                                                 SLOT(0x07, 1, 0, 0, -8),
                                                 CALL(1),
                                                 EXIT};

    memset(&config, 0, sizeof config);
    mbpf_store_init(&global, entries, 2);
    config.output = output;
    config.output_size = sizeof output;
    config.global = &global;
    config.now_us = now_us;
    mbpf_environment_init(&environment, &config);
    CHECK_EQUAL(mbpf_helpers_count(&standard), MBPF_STANDARD_HELPERS);
    CHECK(mbpf_helpers_count(&standard) + COUNT <= ROOM);
    CHECK_EQUAL(mbpf_helpers_build(room, ROOM, index, &standard, list, COUNT, &made, NULL),
                MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_helpers_count(&made), mbpf_helpers_count(&standard) + COUNT);
    outcome = run_in(&environment, text, sizeof text, &made);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_NONE);
    CHECK_EQUAL(outcome.result, 6);
    CHECK_EQUAL(mbpf_store_get(&global, 7), 11);
    CHECK(mbpf_store_put(&global, 8, 1));
    CHECK(!mbpf_store_put(&global, 9, 1));
    outcome = run_in(&environment, greeting, sizeof greeting, &made);
    CHECK_EQUAL(outcome.result, 2);
    CHECK_EQUAL(mbpf_environment_output(&environment), 2);
    CHECK_EQUAL(memcmp(output, "hi", 2), 0);
    mbpf_environment_clear_output(&environment);
    CHECK_EQUAL(mbpf_environment_output(&environment), 0);
    // Without an environment, helpers that need one end the run.
    CHECK_EQUAL(run(greeting, sizeof greeting, &standard, NULL).trap, MBPF_TRAP_HELPER_FAILED);
}

void test_helpers(void) {
    none_are_no_helpers();
    without_a_function_or_a_size_are_refused();
    are_called();
    may_end_the_run();
    get_no_pointer_that_the_program_may_not_use();
    reach_what_is_attached();
    wrong_tables_are_noticed();
    stand_beside_the_standard_ones();
}
