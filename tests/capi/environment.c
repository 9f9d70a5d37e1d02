// SPDX-License-Identifier: MIT
// What the standard helpers of one program work on: maps in its memory, devices that come late.
#include <string.h>

#include "check.h"
#include "mbpf.h"

// An image with an array of two entries of 8 bytes. Counts in the second how often it ran, and
// returns that; 0 without the map.
enum { VALUE_BYTES_AT = 148, MAP_BYTES = 16, STACK_BYTES = 16 };
static const ALIGNED_8 uint8_t counting[] = {
    // clang-format off
    'm', 'B', 'P', 'F', 1, 3, 0, 0, 1, 96, 0, 0, 6, 18, 0, 0, 10, 16, 0, 0, 0, 0, 0, 0,
    // clang-format on
    SLOT(0x62, 10, 0, -4, 1), MOV_REG(2, 10), SLOT(0x07, 2, 0, 0, -4),  // r2 = a key, 1
    SLOT(0x18, 1, 5, 0, 0), SLOT(0, 0, 0, 0, 0), CALL(0x90),            // r0 = lookup(map 0, r2)
    SLOT(0x15, 0, 0, 4, 0),                                             // if it is there:
    SLOT(0x79, 1, 0, 0, 0), SLOT(0x07, 1, 0, 0, 1), SLOT(0x7b, 0, 1, 0, 0), MOV_REG(0, 1), EXIT,
    // clang-format off
    0, 0, 0, 0, 0, 0, 0, 0, MAP_BYTES, 0, 0, 0, 1, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0,
    2, 0, 4, 0, 8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
    // clang-format on
};

static ALIGNED_8 uint8_t image[sizeof counting];
static mbpf_program_t program;
static mbpf_instance_t instance;
static ALIGNED_16 unsigned char memory[1024];  // The map starts behind 8 of padding, 8 of stack.

static void prepare(const uint8_t* bytes, size_t size) {
    mbpf_helpers_t helpers = mbpf_standard_helpers();
    mbpf_policy_t policy = mbpf_policy_default();
    CHECK_EQUAL(mbpf_open(&program, bytes, size, MBPF_FORMAT_ANY, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_verify(&program, &helpers, &policy, NULL, 0, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &helpers, NULL),
                MBPF_FAULT_NONE);
}

static mbpf_outcome_t run(void) {
    mbpf_outcome_t outcome;
    memset(&outcome, 0xff, sizeof outcome);
    CHECK_EQUAL(mbpf_run(&instance, 0, 1000, &outcome, NULL), MBPF_FAULT_NONE);
    return outcome;
}

static void maps_are_in_the_memory_of_the_program(mbpf_environment_t* environment) {
    prepare(image, sizeof image);
    CHECK_EQUAL(run().trap, MBPF_TRAP_HELPER_FAILED);  // Nothing is attached.
    for (int i = 0; i < 2; ++i) {
        prepare(image, sizeof image);
        CHECK_EQUAL(mbpf_attach(&instance, environment, NULL), MBPF_FAULT_NONE);
        CHECK_EQUAL(run().result, 1);  // What it was prepared with is zero.
        CHECK_EQUAL(run().result, 2);
    }
    CHECK_EQUAL(memory[STACK_BYTES + MAP_BYTES / 2], 2);
}

static void maps_that_cannot_be_are_refused(mbpf_environment_t* environment) {
    mbpf_error_t error;
    prepare(image, sizeof image);
    CHECK_EQUAL(mbpf_attach(&instance, environment, NULL), MBPF_FAULT_NONE);
    image[VALUE_BYTES_AT] = 0;
    CHECK_EQUAL(mbpf_attach(&instance, environment, &error), MBPF_FAULT_SECTION_MALFORMED);
    CHECK_EQUAL(error.where, 0);
    image[VALUE_BYTES_AT] = counting[VALUE_BYTES_AT];
    CHECK_EQUAL(run().trap, MBPF_TRAP_HELPER_FAILED);
    memset(&instance, 0, sizeof instance);
    CHECK_EQUAL(mbpf_attach(&instance, environment, NULL), MBPF_FAULT_ENTRY_NOT_VERIFIED);
}

static uint8_t thermometer(void* context, uint32_t index) {
    (void)context;
    (void)index;
    return 130;
}

static void devices_may_come_late(void) {
    static const ALIGNED_8 uint8_t look[] = {MOV_IMM(1, 130), CALL(0x31), EXIT};
    static mbpf_environment_t environment;
    mbpf_environment_config_t config;
    mbpf_devices_t devices;
    memset(&config, 0, sizeof config);
    memset(&devices, 0, sizeof devices);
    devices.type = thermometer;
    config.devices = &devices;
    mbpf_environment_init(&environment, &config);
    prepare(look, sizeof look);
    CHECK_EQUAL(mbpf_attach(&instance, &environment, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(run().result, 0);
    devices.count = 1;
    CHECK_EQUAL(run().result, 1);
}

void test_environment(void) {
    static mbpf_environment_t environment;
    mbpf_environment_config_t nothing;
    memset(&nothing, 0, sizeof nothing);
    memcpy(image, counting, sizeof image);
    mbpf_environment_init(&environment, &nothing);
    maps_are_in_the_memory_of_the_program(&environment);
    maps_that_cannot_be_are_refused(&environment);
    devices_may_come_late();
}
