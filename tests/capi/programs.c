// SPDX-License-Identifier: MIT
// One program: opened, verified, prepared, run; and all that is refused on the way.
#include <string.h>

#include "check.h"
#include "mbpf.h"

static const mbpf_helpers_t none = {NULL, NULL};

// r0 = the first word of the context, twice
static const ALIGNED_8 uint8_t twice[] = {LOAD_W(0, 1, 0), ADD_REG(0, 0), EXIT};
// the first word of the context = its size
static const ALIGNED_8 uint8_t store_size[] = {STORE_W(1, 0, 2), MOV_IMM(0, 1), EXIT};
static const ALIGNED_8 uint8_t forever[] = {JUMP(-1)};
// r0 = what is where the word at r1 says
static const ALIGNED_8 uint8_t follow[] = {SLOT(0x79, 2, 1, 0, 0), LOAD_W(0, 2, 0), EXIT};

static ALIGNED_8 unsigned char memory[1024];

// The instance of a text that is right.
static mbpf_instance_t* instance_of(const uint8_t* text, size_t size) {
    static mbpf_program_t program;
    static mbpf_instance_t instance;
    mbpf_policy_t policy = mbpf_policy_default();
    CHECK_EQUAL(mbpf_open(&program, text, size, MBPF_FORMAT_TEXT, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, NULL), MBPF_FAULT_NONE);
    CHECK(mbpf_memory_bytes(&program) <= sizeof memory);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &none, NULL),
                MBPF_FAULT_NONE);
    return &instance;
}

static void runs(void) {
    mbpf_instance_t* instance = instance_of(twice, sizeof twice);
    mbpf_outcome_t outcome;
    uint32_t context[2] = {21, 0};
    CHECK_EQUAL(mbpf_set_context(instance, context, sizeof context, MBPF_READ, NULL), 0);
    CHECK_EQUAL(mbpf_run(instance, 0, 100, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_NONE);
    CHECK_EQUAL(outcome.result, 42);
    CHECK_EQUAL(outcome.instructions, 3);
    CHECK_EQUAL(mbpf_run(instance, 1, 100, &outcome, NULL), MBPF_FAULT_ENTRY_NOT_VERIFIED);
    CHECK_EQUAL(mbpf_run(instance, 0, 0, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_OUT_OF_BUDGET);
}

static void do_not_start_when_stopped(void) {
    mbpf_instance_t* instance = instance_of(twice, sizeof twice);
    mbpf_outcome_t outcome;
    uint32_t context[2] = {21, 0};
    CHECK_EQUAL(mbpf_set_context(instance, context, sizeof context, MBPF_READ, NULL), 0);
    mbpf_stop(instance);
    CHECK_EQUAL(mbpf_run(instance, 0, 100, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_STOPPED);
    CHECK_EQUAL(outcome.instructions, 0);
    mbpf_clear_stop(instance);
    CHECK_EQUAL(mbpf_run(instance, 0, 100, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.result, 42);
}

static void refused_again_are_not_verified(void) {
    static mbpf_program_t program;
    static mbpf_instance_t instance;
    mbpf_policy_t policy = mbpf_policy_default();
    CHECK_EQUAL(mbpf_open(&program, twice, sizeof twice, MBPF_FORMAT_TEXT, NULL), 0);
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, NULL), 0);
    policy.flags = MBPF_REFUSE_DEAD_CODE;
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, NULL), MBPF_FAULT_MEMORY_TOO_SMALL);
    CHECK_EQUAL(mbpf_program_slots(&program), 3);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &none, NULL),
                MBPF_FAULT_ENTRY_NOT_VERIFIED);
}

static void what_is_lent_is_limited(void) {
    mbpf_instance_t* instance = instance_of(store_size, sizeof store_size);
    mbpf_outcome_t outcome;
    uint32_t context[2] = {0, 0};
    CHECK_EQUAL(mbpf_set_context(instance, context, sizeof context, MBPF_READ, NULL), 0);
    CHECK_EQUAL(mbpf_run(instance, 0, 100, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_STORE_OUTSIDE);
    CHECK_EQUAL(outcome.address, (uintptr_t)context);
    CHECK_EQUAL(outcome.bytes, 4);
    CHECK_EQUAL(outcome.pc, 0);
    CHECK_EQUAL(context[0], 0);
    CHECK_EQUAL(mbpf_set_context(instance, context, sizeof context, MBPF_READ_WRITE, NULL), 0);
    CHECK_EQUAL(mbpf_run(instance, 0, 100, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.result, 1);
    CHECK_EQUAL(context[0], sizeof context);
}

static void more_can_be_lent_and_taken_back(void) {
    mbpf_instance_t* instance = instance_of(follow, sizeof follow);
    mbpf_outcome_t outcome;
    mbpf_error_t error;
    static const uint32_t elsewhere = 7;
    uint64_t context = (uintptr_t)&elsewhere;
    CHECK_EQUAL(mbpf_set_context(instance, &context, sizeof context, MBPF_READ, NULL), 0);
    CHECK_EQUAL(mbpf_run(instance, 0, 100, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_LOAD_OUTSIDE);
    CHECK_EQUAL(outcome.pc, 1);
    CHECK_EQUAL(mbpf_lend(instance, &elsewhere, sizeof elsewhere, MBPF_READ, NULL), 0);
    CHECK_EQUAL(mbpf_run(instance, 0, 100, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.result, 7);
    for (int i = 0; i < 4; ++i) {
        CHECK_EQUAL(mbpf_lend(instance, &elsewhere, 1, MBPF_READ, NULL), MBPF_FAULT_NONE);
    }
    CHECK_EQUAL(mbpf_lend(instance, &elsewhere, 1, MBPF_READ, &error), MBPF_FAULT_TOO_MANY_REGIONS);
    CHECK_EQUAL(error.fault, MBPF_FAULT_TOO_MANY_REGIONS);
    mbpf_take_back(instance);
    CHECK_EQUAL(mbpf_run(instance, 0, 100, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_LOAD_OUTSIDE);
}

static void stop_it(void* instance) { mbpf_stop((mbpf_instance_t*)instance); }

static void endless_loops_end(void) {
    mbpf_instance_t* instance = instance_of(forever, sizeof forever);
    mbpf_outcome_t outcome;
    CHECK_EQUAL(mbpf_run(instance, 0, 20000, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_OUT_OF_BUDGET);
    CHECK(outcome.instructions >= 20000);
    mbpf_set_breather(instance, stop_it, instance);
    CHECK_EQUAL(mbpf_run(instance, 0, 1000000, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_STOPPED);
    CHECK(outcome.instructions < 20000);
    mbpf_clear_stop(instance);
    mbpf_set_breather(instance, NULL, NULL);
    CHECK_EQUAL(mbpf_run(instance, 0, 10, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_OUT_OF_BUDGET);
}

static void what_is_wrong_is_refused(void) {
    static mbpf_program_t program;
    static mbpf_instance_t instance;
    static const ALIGNED_8 uint8_t unknown_helper[] = {MOV_IMM(0, 0), CALL(9), EXIT};
    static const ALIGNED_8 uint8_t dead[] = {JUMP(1), MOV_IMM(0, 0), MOV_IMM(0, 1), EXIT};
    mbpf_policy_t policy = mbpf_policy_default();
    mbpf_error_t error;
    mbpf_outcome_t outcome;
    unsigned char scratch[1];

    memset(&program, 0, sizeof program);
    memset(&instance, 0, sizeof instance);
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, NULL), MBPF_FAULT_FORMAT_UNKNOWN);
    CHECK_EQUAL(mbpf_run(&instance, 0, 1, &outcome, NULL), MBPF_FAULT_ENTRY_NOT_VERIFIED);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &none, NULL),
                MBPF_FAULT_ENTRY_NOT_VERIFIED);
    CHECK_EQUAL(mbpf_memory_bytes(&program), 0);
    CHECK_EQUAL(mbpf_entry_count(&program), 0);
    CHECK_EQUAL(mbpf_program_format(&program), MBPF_FORMAT_ANY);

    CHECK_EQUAL(mbpf_open(&program, twice, 5, MBPF_FORMAT_ANY, NULL), MBPF_FAULT_FORMAT_UNKNOWN);
    CHECK_EQUAL(mbpf_open(&program, twice, 8, MBPF_FORMAT_ELF, NULL), MBPF_FAULT_FORMAT_UNKNOWN);
    CHECK_EQUAL(mbpf_open_image(&program, twice, sizeof twice, NULL), MBPF_FAULT_FORMAT_UNKNOWN);
    CHECK_EQUAL(mbpf_open_femto(&program, twice, sizeof twice, NULL), MBPF_FAULT_TRUNCATED);

    CHECK_EQUAL(mbpf_open(&program, unknown_helper, sizeof unknown_helper, MBPF_FORMAT_ANY, NULL),
                MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_program_format(&program), MBPF_FORMAT_TEXT);
    CHECK_EQUAL(mbpf_program_slots(&program), 3);
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, &error), MBPF_FAULT_HELPER_UNKNOWN);
    CHECK_EQUAL(error.where, 1);
    CHECK_EQUAL(error.found, 9);

    CHECK_EQUAL(mbpf_open(&program, dead, sizeof dead, MBPF_FORMAT_TEXT, NULL), MBPF_FAULT_NONE);
    policy.flags = MBPF_REFUSE_DEAD_CODE;
    CHECK_EQUAL(mbpf_verify_scratch_bytes(&program, &policy), 1);
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, &error),
                MBPF_FAULT_MEMORY_TOO_SMALL);
    CHECK_EQUAL(error.allowed, 1);
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, scratch, sizeof scratch, &error),
                MBPF_FAULT_UNREACHABLE);
    CHECK_EQUAL(error.where, 1);
    policy.flags = 0;
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, 4, &none, &error),
                MBPF_FAULT_MEMORY_TOO_SMALL);
    CHECK_EQUAL(error.allowed, mbpf_memory_bytes(&program));
    CHECK_EQUAL(mbpf_run(&instance, 0, 1, &outcome, NULL), MBPF_FAULT_ENTRY_NOT_VERIFIED);
    // A program that is opened again is not what the instance was prepared for.
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &none, NULL),
                MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_open(&program, twice, sizeof twice, MBPF_FORMAT_TEXT, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_run(&instance, 0, 1, &outcome, NULL), MBPF_FAULT_ENTRY_NOT_VERIFIED);
}

static void names(void) {
    CHECK_EQUAL(strcmp(mbpf_fault_name(MBPF_FAULT_NONE), "None"), 0);
    CHECK_EQUAL(strcmp(mbpf_fault_name(MBPF_FAULT_SIGNATURE_INVALID), "SignatureInvalid"), 0);
    CHECK_EQUAL(strcmp(mbpf_fault_name(200), "?"), 0);
    CHECK_EQUAL(strcmp(mbpf_trap_name(MBPF_TRAP_LOAD_OUTSIDE), "LoadOutside"), 0);
    CHECK_EQUAL(strcmp(mbpf_trap_name(MBPF_TRAP_ILLEGAL), "Illegal"), 0);
    CHECK_EQUAL(strcmp(mbpf_trap_name(9), "?"), 0);
}

static void entries_have_names(void) {
    // An image with two entries, "a" and "bc", the second at slot 2.
    static const ALIGNED_8 uint8_t image[] = {
        'm',  'B',           'P',  'F', 1, 2, 0, 0, 1, 32, 0, 0,   5, 13,  0,   0, MOV_IMM(0, 1),
        EXIT, MOV_IMM(0, 2), EXIT, 0,   0, 8, 0, 2, 0, 10, 0, 'a', 0, 'b', 'c', 0};
    static mbpf_program_t program;
    static mbpf_instance_t instance;
    mbpf_policy_t policy = mbpf_policy_default();
    mbpf_outcome_t outcome;
    char name[3] = "??";
    CHECK_EQUAL(mbpf_open(&program, image, sizeof image, MBPF_FORMAT_ANY, NULL), 0);
    CHECK_EQUAL(mbpf_program_format(&program), MBPF_FORMAT_IMAGE);
    CHECK_EQUAL(mbpf_entry_count(&program), 2);
    CHECK_EQUAL(mbpf_entry_find(&program, "bc"), 1);
    CHECK_EQUAL(mbpf_entry_find(&program, "b"), 2);
    CHECK_EQUAL(mbpf_entry_name(&program, 1, name, sizeof name), 2);
    CHECK_EQUAL(strcmp(name, "bc"), 0);
    CHECK_EQUAL(mbpf_entry_name(&program, 1, name, 2), 2);
    CHECK_EQUAL(strcmp(name, "b"), 0);
    CHECK_EQUAL(mbpf_entry_name(&program, 2, name, sizeof name), 0);
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &none, NULL), 0);
    CHECK_EQUAL(mbpf_run(&instance, 1, 9, &outcome, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.result, 2);
}

void test_programs(void) {
    do_not_start_when_stopped();
    refused_again_are_not_verified();
    runs();
    what_is_lent_is_limited();
    more_can_be_lent_and_taken_back();
    endless_loops_end();
    what_is_wrong_is_refused();
    names();
    entries_have_names();
}
