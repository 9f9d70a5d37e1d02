// SPDX-License-Identifier: MIT
// Compiling. The code itself runs on a Cortex-M4: examples/embed/bare_metal.c does that.
#include <string.h>

#include "check.h"
#include "mbpf.h"

static unsigned opened, sealed;
static size_t sealed_bytes;
static void open_it(void* context) {
    CHECK_EQUAL(*(int*)context, 1);
    ++opened;
}
static void seal_it(void* context, const void* written, size_t bytes) {
    CHECK_EQUAL(*(int*)context, 1);
    CHECK(written != NULL);
    ++sealed;
    sealed_bytes = bytes;
}

void test_code(void) {
    static const ALIGNED_8 uint8_t text[] = {LOAD_W(0, 1, 0), ADD_REG(0, 0), EXIT};
    static const mbpf_helpers_t none = {NULL, NULL};
    static ALIGNED_8 unsigned char memory[64];
    static ALIGNED_8 unsigned char code_memory[1024];
    static ALIGNED_8 unsigned char workspace[8192];
    static mbpf_program_t program;
    static mbpf_instance_t instance;
    static mbpf_instance_t other;
    static mbpf_code_t code;
    int one = 1;
    mbpf_code_memory_t place = {code_memory, sizeof code_memory, &one, open_it, seal_it};
    mbpf_policy_t policy = mbpf_policy_default();
    mbpf_outcome_t outcome;
    mbpf_error_t error;
    size_t bytes = 1;
    size_t used = 1;

    CHECK_EQUAL(mbpf_open(&program, text, sizeof text, MBPF_FORMAT_TEXT, NULL), 0);
    CHECK_EQUAL(mbpf_verify(&program, &none, &policy, NULL, 0, NULL), 0);
    memset(&instance, 0, sizeof instance);
    CHECK_EQUAL(mbpf_code_bytes(&instance, workspace, sizeof workspace, &bytes, NULL),
                MBPF_FAULT_ENTRY_NOT_VERIFIED);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &none, NULL), 0);
    CHECK(mbpf_workspace_bytes(&program) <= sizeof workspace);
    CHECK_EQUAL(mbpf_code_bytes(&instance, workspace, 8, &bytes, &error),
                MBPF_FAULT_MEMORY_TOO_SMALL);
    CHECK(error.allowed > 8);
    CHECK_EQUAL(mbpf_code_bytes(&instance, NULL, 0, &bytes, &error), MBPF_FAULT_MEMORY_TOO_SMALL);
    CHECK_EQUAL(bytes, 0);
    CHECK_EQUAL(mbpf_code_bytes(&instance, workspace, sizeof workspace, &bytes, NULL), 0);
    CHECK(bytes > 0 && bytes < sizeof code_memory);

    CHECK_EQUAL(mbpf_code_bytes(&instance, workspace + 1, sizeof workspace - 1, &used, NULL),
                MBPF_FAULT_ADDRESS_NOT_ALIGNED);
    place.memory = code_memory + 2;
    CHECK_EQUAL(mbpf_compile(&code, &instance, &place, workspace, sizeof workspace, &used, NULL),
                MBPF_FAULT_ADDRESS_NOT_ALIGNED);
    place.memory = code_memory;
    CHECK_EQUAL(opened, 0);

    place.bytes = bytes - 1;
    CHECK_EQUAL(mbpf_compile(&code, &instance, &place, workspace, sizeof workspace, &used, &error),
                MBPF_FAULT_MEMORY_TOO_SMALL);
    CHECK_EQUAL(error.allowed, bytes);
    CHECK_EQUAL(used, 0);
    place.bytes = bytes;
    CHECK_EQUAL(mbpf_compile(&code, &instance, &place, workspace, sizeof workspace, &used, NULL),
                MBPF_FAULT_NONE);
    CHECK(used >= bytes && used < bytes + 8);
    CHECK_EQUAL(opened, 2);
    CHECK_EQUAL(sealed, 2);
    CHECK_EQUAL(sealed_bytes, bytes);

    if (mbpf_can_run_code()) {
        uint32_t context = 21;
        CHECK_EQUAL(mbpf_set_context(&instance, &context, sizeof context, MBPF_READ, NULL), 0);
        CHECK_EQUAL(mbpf_run_code(&code, &instance, 0, 100, &outcome, NULL), 0);
        CHECK_EQUAL(outcome.result, 42);
        mbpf_stop(&instance);
        CHECK_EQUAL(mbpf_run_code(&code, &instance, 0, 100, &outcome, NULL), 0);
        CHECK_EQUAL(outcome.trap, MBPF_TRAP_STOPPED);
        mbpf_clear_stop(&instance);
        // The same again needs no compiling; what its code does not fit does.
        CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &none, NULL), 0);
        CHECK_EQUAL(mbpf_set_context(&instance, &context, sizeof context, MBPF_READ, NULL), 0);
        CHECK_EQUAL(mbpf_run_code(&code, &instance, 0, 100, &outcome, NULL), 0);
        CHECK_EQUAL(outcome.result, 42);
        CHECK_EQUAL(mbpf_prepare(&instance, &program, memory + 8, sizeof memory - 8, &none, NULL),
                    0);
        CHECK_EQUAL(mbpf_run_code(&code, &instance, 0, 100, &outcome, NULL),
                    MBPF_FAULT_ENTRY_NOT_VERIFIED);
        CHECK_EQUAL(mbpf_prepare(&other, &program, memory, sizeof memory, &none, NULL), 0);
        CHECK_EQUAL(mbpf_run_code(&code, &other, 0, 100, &outcome, NULL),
                    MBPF_FAULT_ENTRY_NOT_VERIFIED);
    } else {
        CHECK_EQUAL(mbpf_run_code(&code, &other, 0, 100, &outcome, NULL),
                    MBPF_FAULT_ENGINE_UNAVAILABLE);
    }
}
