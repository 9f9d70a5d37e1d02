// SPDX-License-Identifier: MIT
// The interface of Femto-Containers: what is as there, and each difference of docs/femto.md, by the
// name that the table there gives it.
#include "container.h"
#include "examples/embed/programs/fletcher32.h"

unsigned checks_failed = 0;

// What programs call.
static uint64_t seen[11];
static uint32_t calls;
static uint32_t take_arguments(f12r_t* caller, uint64_t* regs) {
    CHECK(caller == &container);
    ++calls;
    memcpy(seen, regs, sizeof seen);
    regs[1] = 77;  // A copy: the program does not see it.
    return 0xffffffffu;
}
static uint32_t may_store(f12r_t* caller, uint64_t* regs) {
    return (uint32_t)f12r_store_allowed(caller, (void*)(uintptr_t)regs[1], (size_t)regs[2]);
}
f12r_call_t f12r_get_external_call(uint32_t number) {
    return number == 0x20 ? take_arguments : number == 0x21 ? may_store : NULL;
}

// ---- As in Femto-Containers

static void golden_image_runs(void) {
    static uint16_t words[FLETCHER32_WORDS];
    struct fletcher32_context context = {(uintptr_t)words, FLETCHER32_WORDS};
    f12r_mem_region_t region;
    int64_t result = 0;
    fill_fletcher32_words(words);
    memcpy(image, fletcher32_image, sizeof fletcher32_image);
    image_size = sizeof fletcher32_image;
    set_up();
    CHECK_EQUAL(f12r_execute_ctx(&container, &context, sizeof context, &result), FC_ILLEGAL_MEM);
    f12r_add_region(&container, &region, words, sizeof words, FC_MEM_REGION_READ);
    CHECK_EQUAL(f12r_execute_ctx(&container, &context, sizeof context, &result), FC_OK);
    CHECK_EQUAL((uint32_t)result, fletcher32_result);
    CHECK_EQUAL(container.branches_remaining, FEMTO_CONTAINER_BRANCHES_ALLOWED - 180);
}

static void header_of_32_bytes_is_told_apart(void) {
    static const uint8_t text[] = {SLOT(0xd8, 1, 0, 0, 4), SLOT(0, 0, 0, 0, 0), LOAD_W(0, 1, 0),
                                   EXIT};
    static const uint8_t rodata[] = {1, 2, 3, 4, 5, 6, 7, 8};
    int64_t result = 0;
    for (uint32_t header = 28; header <= 32; header += 4) {
        struct parts parts = {header, NULL, 0, rodata, sizeof rodata, text, sizeof text};
        make_image(&parts);
        set_up();
        CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
        CHECK_EQUAL(result, 0x08070605);
        CHECK_EQUAL(f12r_text_len(&container), sizeof text);
        CHECK(f12r_text(&container) == image + image_size - sizeof text);
        CHECK(f12r_rodata(&container) == image + header);
        CHECK(f12r_header(&container) == image);
    }
}

static void exactly_200_branches_may_be_taken(void) {
    // r1 = n; do { --r1; } while (r1 != 0)
    uint8_t loop[] = {MOV_IMM(1, 201), SLOT(0x07, 1, 0, 0, -1), SLOT(0x55, 1, 0, -2, 0),
                      MOV_IMM(0, 5), EXIT};
    static const uint8_t always[] = {JUMP(-1), EXIT};
    int64_t result = 0;
    CHECK_EQUAL(RUN(loop, NULL, 0, &result), FC_OK);  // The last of 201 is not taken.
    CHECK_EQUAL(result, 5);
    CHECK_EQUAL(container.branches_remaining, 0);
    loop[4] = 202;
    CHECK_EQUAL(RUN(loop, NULL, 0, &result), FC_OUT_OF_BRANCHES);
    loop[4] = 1;
    CHECK_EQUAL(RUN(loop, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(container.branches_remaining, FEMTO_CONTAINER_BRANCHES_ALLOWED);
    CHECK_EQUAL(RUN(always, NULL, 0, &result), FC_OUT_OF_BRANCHES);
}

static void straight_code_is_not_counted(void) {
    static uint8_t text[IMAGE_ROOM - 64];
    const uint8_t step[] = {SLOT(0x07, 0, 0, 0, 1)};
    const uint8_t end[] = {EXIT};
    const size_t steps = sizeof text / 8 - 1;
    int64_t result = 0;
    for (size_t i = 0; i < steps; ++i) {
        memcpy(text + i * 8, step, 8);
    }
    memcpy(text + steps * 8, end, 8);
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, steps);
}

static void functions_get_copies_and_return_32_bits(void) {
    static const uint8_t text[] = {MOV_IMM(1, 1), MOV_IMM(2, -2), MOV_IMM(3, 3), MOV_IMM(4, 4),
                                   MOV_IMM(5, 5), CALL(0x20),     EXIT};
    static const uint8_t keeps[] = {MOV_IMM(1, 9), CALL(0x20), MOV_REG(0, 1), EXIT};
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 0xffffffff);
    CHECK_EQUAL(seen[1], 1);
    CHECK_EQUAL(seen[2], (uint64_t)-2);
    CHECK_EQUAL(seen[5], 5);
    CHECK_EQUAL(RUN(keeps, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 9);
}

static void the_context_is_memory_only_if_lent(void) {
    static const uint8_t text[] = {LOAD_W(0, 1, 0), EXIT};
    static const uint8_t address[] = {MOV_REG(0, 1), EXIT};
    uint32_t context[2] = {11, 0};
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, context, sizeof context, &result), FC_OK);
    CHECK_EQUAL(result, 11);
    CHECK_EQUAL(f12r_execute(&container, context, sizeof context, &result), FC_ILLEGAL_MEM);
    make_text(address, sizeof address);
    set_up();
    CHECK_EQUAL(f12r_execute(&container, context, sizeof context, &result), FC_OK);
    CHECK_EQUAL(result, (uintptr_t)context);
}

static void data_and_stack_stay_between_runs(void) {
    // r0 = ++counter
    static const uint8_t text[] = {SLOT(0xb8, 1, 0, 0, 0), SLOT(0, 0, 0, 0, 0), LOAD_W(0, 1, 0),
                                   SLOT(0x07, 0, 0, 0, 1), STORE_W(1, 0, 0),    EXIT};
    static const uint8_t data[8] = {41};
    struct parts parts = {28, data, sizeof data, NULL, 0, text, sizeof text};
    int64_t result = 0;
    make_image(&parts);
    set_up();
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 42);
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 43);
    CHECK_EQUAL(*(uint32_t*)f12r_data(&container), 43);
    f12r_setup(&container);
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 42);
}

static void all_of_the_stack_may_be_used(void) {
    // A pointer that the verifier does not follow: r10 - 512, in two steps of a register
    static const uint8_t text[] = {MOV_IMM(2, 512),  MOV_REG(1, 10),  SLOT(0x1f, 1, 2, 0, 0),
                                   STORE_W(1, 0, 2), LOAD_W(0, 1, 0), EXIT};
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 512);
}

// Where the stack of a run ends, in bytes behind `from`.
static intptr_t end_of_stack(const uint8_t* text, size_t size, uint8_t* from) {
    int64_t result = 0;
    make_text(text, size);
    set_up();
    container.stack = from;
    container.stack_size = FC_STACK_SIZE;
    f12r_setup(&container);
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    return (intptr_t)result - (intptr_t)from;
}

static void the_end_of_the_stack_is_a_multiple_of_16(void) {
    static uint8_t room[FC_STACK_SIZE + 8] ALIGNED_16;
    static const uint8_t small[] = {STORE_W(10, -8, 0), MOV_REG(0, 10), EXIT};
    static const uint8_t full[] = {STORE_W(10, -FC_STACK_SIZE, 0), MOV_REG(0, 10), EXIT};
    CHECK_EQUAL(end_of_stack(small, sizeof small, room), FC_STACK_SIZE);
    CHECK_EQUAL(end_of_stack(full, sizeof full, room), FC_STACK_SIZE);
#ifdef MBPF_SMALLEST  // Knows nothing of what a program uses.
    CHECK_EQUAL(end_of_stack(small, sizeof small, room + 8), FC_STACK_SIZE);
#else
    CHECK_EQUAL(end_of_stack(small, sizeof small, room + 8), FC_STACK_SIZE - 8);
#endif
    CHECK_EQUAL(end_of_stack(full, sizeof full, room + 8), FC_STACK_SIZE);
}

static void what_is_wrong_has_its_number(void) {
    static const uint8_t unknown[] = {SLOT(0xff, 0, 0, 0, 0), EXIT};
    static const uint8_t load[] = {MOV_IMM(1, 64), LOAD_W(0, 1, 0), EXIT};
    static const uint8_t store[] = {MOV_IMM(1, 64), STORE_W(1, 0, 0), EXIT};
    static const uint8_t jump[] = {JUMP(100), EXIT};
    static const uint8_t call[] = {CALL(0x22), EXIT};
    static const uint8_t reg[] = {MOV_IMM(11, 0), EXIT};
    static const uint8_t open[] = {MOV_IMM(0, 0)};
    int64_t result = 0;
    CHECK_EQUAL(STATUS_OF(unknown), FC_ILLEGAL_INSTRUCTION);
    CHECK_EQUAL(RUN(load, NULL, 0, &result), FC_ILLEGAL_MEM);
    CHECK_EQUAL(RUN(store, NULL, 0, &result), FC_ILLEGAL_MEM);
    CHECK_EQUAL(STATUS_OF(jump), FC_ILLEGAL_JUMP);
    CHECK_EQUAL(STATUS_OF(call), FC_ILLEGAL_CALL);
    CHECK_EQUAL(STATUS_OF(reg), FC_ILLEGAL_REGISTER);
    CHECK_EQUAL(STATUS_OF(open), FC_NO_RETURN);
    make_text(open, sizeof open);
    image_size -= 4;
    image[20] = 4;
    set_up();
    CHECK_EQUAL(f12r_verify_preflight(&container), FC_ILLEGAL_LEN);
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_ILLEGAL_LEN);
    CHECK_EQUAL(container.flags & FC_FLAG_PREFLIGHT_DONE, 0);
}

static void the_older_names_mean_the_same(void) {
    static const uint8_t text[] = {MOV_IMM(0, 3), EXIT};
    bpf_t other;
    int64_t result = 0;
    make_text(text, sizeof text);
    memset(&other, 0, sizeof other);
    other.application = image;
    other.application_len = image_size;
    other.stack = stack;
    other.stack_size = sizeof stack;
    bpf_init();
    bpf_setup(&other);
    CHECK_EQUAL(bpf_execute_ctx(&other, NULL, 0, &result), BPF_OK);
    CHECK_EQUAL(result, 3);
}

// ---- Stricter than Femto-Containers

static void every_length_of_the_header_is_checked(void) {
    static const uint8_t text[] = {MOV_IMM(0, 0), EXIT};
    uint32_t huge = 0xfffffff8u;
    for (size_t at = 12; at < 28; at += 4) {
        make_text(text, sizeof text);
        memcpy(image + at, &huge, sizeof huge);
        set_up();
        CHECK(f12r_verify_preflight(&container) != FC_OK);
        CHECK(f12r_text(&container) == NULL);
    }
    make_text(text, sizeof text);
    image_size += 8;  // Bytes that nobody accounts for.
    set_up();
    CHECK_EQUAL(f12r_verify_preflight(&container), FC_STRUCTURE_LENGTH_MISMATCH);
    image_size = 11;
    set_up();
    CHECK_EQUAL(f12r_verify_preflight(&container), FC_STRUCTURE_LENGTH_MISMATCH);
}

static void the_magic_is_checked(void) {
    static const uint8_t text[] = {MOV_IMM(0, 0), EXIT};
    make_text(text, sizeof text);
    image[0] = 'x';
    set_up();
    CHECK_EQUAL(f12r_verify_preflight(&container), FC_MAGIC_NOT_FOUND);
}

static void the_text_must_be_aligned(void) {
    static const uint8_t text[] = {MOV_IMM(0, 0), EXIT};
    make_text(text, sizeof text);
    memmove(image + 1, image, image_size);
    set_up();
    container.application = image + 1;
    f12r_setup(&container);
    CHECK_EQUAL(f12r_verify_preflight(&container), FC_TEXT_ALIGN_MISMATCH);
}

static void a_jump_to_the_end_is_refused(void) {
    static const uint8_t text[] = {SLOT(0x15, 0, 0, 1, 1), EXIT};
    CHECK_EQUAL(STATUS_OF(text), FC_ILLEGAL_JUMP);
}

static void a_jump_into_a_wide_constant_is_refused(void) {
    static const uint8_t text[] = {JUMP(1), SLOT(0x18, 0, 0, 0, 1), SLOT(0, 0, 0, 0, 0), EXIT};
    CHECK_EQUAL(STATUS_OF(text), FC_ILLEGAL_JUMP);
}

static void unknown_opcodes_are_refused_before_they_run(void) {
    static const uint8_t text[] = {JUMP(1), SLOT(0x8f, 0, 0, 0, 0), EXIT};
    CHECK_EQUAL(STATUS_OF(text), FC_ILLEGAL_INSTRUCTION);
}

static void unused_fields_must_be_zero(void) {
    static const uint8_t text[] = {SLOT(0xb7, 0, 3, 0, 1), EXIT};
    CHECK_EQUAL(STATUS_OF(text), FC_ILLEGAL_INSTRUCTION);
}

static void r10_is_read_only(void) {
    static const uint8_t text[] = {MOV_IMM(10, 0), EXIT};
    CHECK_EQUAL(STATUS_OF(text), FC_ILLEGAL_REGISTER);
}

static void a_section_that_is_not_there_is_refused(void) {
    static const uint8_t text[] = {SLOT(0xb8, 1, 0, 0, 0), SLOT(0, 0, 0, 0, 0), EXIT};
    CHECK_EQUAL(STATUS_OF(text), FC_ILLEGAL_MEM);
}

static void no_return_switches_nothing_off(void) {
    static const uint8_t open[] = {MOV_IMM(0, 0)};
    static const uint8_t always[] = {JUMP(-1), EXIT};
    int64_t result = 0;
    make_text(open, sizeof open);
    set_up();
    container.flags |= FC_CONFIG_NO_RETURN;
    f12r_setup(&container);
    CHECK_EQUAL(f12r_verify_preflight(&container), FC_NO_RETURN);
    make_text(always, sizeof always);
    set_up();
    container.flags |= FC_CONFIG_NO_RETURN;
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OUT_OF_BRANCHES);
}

static void a_flag_does_not_replace_verification(void) {
    static const uint8_t text[] = {CALL(0x99), EXIT};
    int64_t result = 0;
    make_text(text, sizeof text);
    memset(&container, 0, sizeof container);
    container.application = image;
    container.application_len = image_size;
    container.stack = stack;
    container.stack_size = sizeof stack;
    container.flags = FC_FLAG_PREFLIGHT_DONE;
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_ILLEGAL_CALL);
}

static void sizes_are_not_truncated(void) {
    static const uint8_t text[] = {MOV_REG(1, 10), SLOT(0x07, 1, 0, 0, -1), MOV_IMM(2, 513),
                                   CALL(0x21), EXIT};
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 0xffffffff);  // 513 modulo 256 would be allowed.
    CHECK_EQUAL(f12r_store_allowed(&container, stack, sizeof stack), 0);
    CHECK_EQUAL(f12r_store_allowed(&container, stack, sizeof stack + 1), -1);
    CHECK_EQUAL(f12r_load_allowed(&container, stack + 1, sizeof stack), -1);
    CHECK_EQUAL(f12r_load_allowed(&container, image, 1), -1);
}

static void regions_are_limited_and_cannot_be_linked_twice(void) {
    static const uint8_t text[] = {MOV_IMM(0, 1), EXIT};
    f12r_mem_region_t regions[F12R_MAX_REGIONS + 1];
    int64_t result = 0;
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    for (int i = 0; i < F12R_MAX_REGIONS; ++i) {
        f12r_add_region(&container, &regions[i], seen, sizeof seen, FC_MEM_REGION_READ);
        f12r_add_region(&container, &regions[0], seen, sizeof seen, FC_MEM_REGION_READ);
    }
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(f12r_load_allowed(&container, seen, sizeof seen), 0);
    CHECK_EQUAL(f12r_store_allowed(&container, seen, sizeof seen), -1);
    f12r_add_region(&container, &regions[F12R_MAX_REGIONS], seen, 1, FC_MEM_REGION_READ);
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_ILLEGAL_MEM);
}

static void data_lies_in_the_stack_memory(void) {
    static const uint8_t text[] = {SLOT(0xb8, 0, 0, 0, 0), SLOT(0, 0, 0, 0, 0), EXIT};
    static const uint8_t data[16] = {1};
    struct parts parts = {28, data, sizeof data, NULL, 0, text, sizeof text};
    int64_t result = 0;
    make_image(&parts);
    set_up();
    CHECK_EQUAL(f12r_execute(&container, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, (uintptr_t)(stack + sizeof stack - sizeof data));
    CHECK(f12r_data(&container) == stack + sizeof stack - sizeof data);
    container.stack_size = 8;
    f12r_setup(&container);
    CHECK_EQUAL(f12r_verify_preflight(&container), FC_ILLEGAL_MEM);
}

static void stack_starts_zeroed(void) {
    static const uint8_t text[] = {LOAD_W(0, 10, -16), EXIT};
    int64_t result = 1;
    memset(stack, 0xee, sizeof stack);
    CHECK_EQUAL(RUN(text, NULL, 0, &result), FC_OK);
    CHECK_EQUAL(result, 0);
}

int main(void) {
    golden_image_runs();
    header_of_32_bytes_is_told_apart();
    exactly_200_branches_may_be_taken();
    straight_code_is_not_counted();
    functions_get_copies_and_return_32_bits();
    the_context_is_memory_only_if_lent();
    data_and_stack_stay_between_runs();
    all_of_the_stack_may_be_used();
    the_end_of_the_stack_is_a_multiple_of_16();
    what_is_wrong_has_its_number();
    the_older_names_mean_the_same();
    every_length_of_the_header_is_checked();
    the_magic_is_checked();
    the_text_must_be_aligned();
    a_jump_to_the_end_is_refused();
    a_jump_into_a_wide_constant_is_refused();
    unknown_opcodes_are_refused_before_they_run();
    unused_fields_must_be_zero();
    r10_is_read_only();
    a_section_that_is_not_there_is_refused();
    no_return_switches_nothing_off();
    a_flag_does_not_replace_verification();
    sizes_are_not_truncated();
    regions_are_limited_and_cannot_be_linked_twice();
    data_lies_in_the_stack_memory();
    stack_starts_zeroed();
    test_instructions();
    test_runs();
    TELL("%u checks failed\n", checks_failed);
    return checks_failed == 0 ? 0 : 1;
}
