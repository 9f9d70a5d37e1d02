// SPDX-License-Identifier: MIT
// µBPF on a bare Cortex-M, in plain C, from the reset vector on: a container of Femto-Containers is
// opened, verified and run, by the interpreter and as code; then one that reads what is not its
// own. For QEMU's mps2 boards (UART 0 at 0x40004000); the memory map is firmware/sections.ld.in's.
#include <string.h>

#include "examples/embed/programs/fletcher32.h"
#include "mbpf.h"

extern uint32_t data_start[], data_end[], bss_start[], bss_end[], stack_end[];
extern const uint32_t data_in_flash[];

// ---- The board

#define UART0_DATA (*(volatile uint32_t*)0x40004000)
#define UART0_STATE (*(volatile uint32_t*)0x40004004)
#define UART0_CONTROL (*(volatile uint32_t*)0x40004008)
#define UART0_DIVIDER (*(volatile uint32_t*)0x40004010)

static void print(const char* text) {
    for (; *text != '\0'; ++text) {
        while ((UART0_STATE & 1u) != 0) {
        }
        UART0_DATA = (uint8_t)*text;
    }
}

static void print_hex(uint32_t value) {
    char text[9];
    for (int i = 7; i >= 0; --i, value >>= 4) {
        text[i] = "0123456789abcdef"[value & 15u];
    }
    text[8] = '\0';
    print(text);
}

// Ends the emulation: semihosting, SYS_EXIT.
static void end(int is_good) {
    register uint32_t operation __asm__("r0") = 0x18;
    register uint32_t reason __asm__("r1") = is_good ? 0x20026u : 0x20023u;
    __asm__ volatile("bkpt 0xab" : : "r"(operation), "r"(reason) : "memory");
    for (;;) {
    }
}

void reset(void);
void fault(void);

void fault(void) {
    print("the firmware has faulted\n");
    end(0);
}

__attribute__((section(".vectors"), used)) static const struct {
    const uint32_t* stack;
    void (*handlers[15])(void);
} vectors = {stack_end, {reset, fault, fault, fault, fault, fault}};

// ---- Programs

static unsigned char memory[1024] __attribute__((aligned(8)));  // Stack and data of a program.
static unsigned char code_memory[2048] __attribute__((aligned(8)));
static unsigned char workspace[8192] __attribute__((aligned(8)));  // Needed to compile.
static mbpf_program_t program;
static mbpf_instance_t instance;
static mbpf_code_t code;
static const mbpf_helpers_t no_helpers = {NULL, NULL};

static int stop(const char* where, const mbpf_error_t* error) {
    print(where);
    print(": ");
    print(mbpf_fault_name(error->fault));
    print("\n");
    return 0;
}

static void show(const char* engine, const mbpf_outcome_t* outcome) {
    print(engine);
    if (outcome->trap == MBPF_TRAP_NONE) {
        print(": result ");
        print_hex((uint32_t)outcome->result);
    } else {
        print(": ");
        print(mbpf_trap_name(outcome->trap));
        print(" at instruction ");
        print_hex(outcome->pc);
        print(", address ");
        print_hex((uint32_t)outcome->address);
    }
    print("\n");
}

static int run(void) {
    static uint16_t words[FLETCHER32_WORDS];
    static const uint32_t budget = 10000;
    struct fletcher32_context context = {(uintptr_t)words, FLETCHER32_WORDS};
    mbpf_code_memory_t place = {code_memory, sizeof code_memory, NULL, NULL, NULL};
    mbpf_policy_t policy = mbpf_policy_default();
    mbpf_outcome_t outcome;
    mbpf_error_t error;
    int is_good;

    fill_fletcher32_words(words);
    if (mbpf_open_femto(&program, fletcher32_image, sizeof fletcher32_image, &error) ||
        mbpf_verify(&program, &no_helpers, &policy, NULL, 0, &error) ||
        mbpf_prepare(&instance, &program, memory, sizeof memory, &no_helpers, &error) ||
        mbpf_set_context(&instance, &context, sizeof context, MBPF_READ, &error) ||
        mbpf_lend(&instance, words, sizeof words, MBPF_READ, &error)) {
        return stop("the program", &error);
    }
    if (mbpf_run(&instance, 0, budget, &outcome, &error)) {
        return stop("interpreter", &error);
    }
    show("interpreter", &outcome);
    is_good = outcome.trap == MBPF_TRAP_NONE && (uint32_t)outcome.result == fletcher32_result;

    if (mbpf_compile(&code, &instance, &place, workspace, sizeof workspace, NULL, &error) ||
        mbpf_run_code(&code, &instance, 0, budget, &outcome, &error)) {
        return stop("compiled", &error);
    }
    show("compiled", &outcome);
    is_good = is_good && (uint32_t)outcome.result == fletcher32_result;

    mbpf_take_back(&instance);  // The words are not the program's any more.
    if (mbpf_run_code(&code, &instance, 0, budget, &outcome, &error)) {
        return stop("compiled", &error);
    }
    show("without the words", &outcome);
    return is_good && outcome.trap == MBPF_TRAP_LOAD_OUTSIDE && outcome.address == (uintptr_t)words;
}

void reset(void) {
    memcpy(data_start, data_in_flash, (size_t)((char*)data_end - (char*)data_start));
    memset(bss_start, 0, (size_t)((char*)bss_end - (char*)bss_start));
    UART0_DIVIDER = 16;
    UART0_CONTROL = 1;  // Transmit.
    int is_good = run();
    print(is_good ? "all is well\n" : "something is wrong\n");
    end(is_good);
}
