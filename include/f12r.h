// SPDX-License-Identifier: MIT
// The interface of Femto-Containers over this engine, for code that was written for it. Names,
// numbers and behaviour are those of Femto-Containers, except where it lets a program out, or
// refuses what RFC 9669 allows: docs/femto.md lists every difference.
//
//     static uint8_t stack[FC_STACK_SIZE] __attribute__((aligned(16)));
//     f12r_t container = {.application = image, .application_len = sizeof image,
//                         .stack = stack, .stack_size = sizeof stack};
//     f12r_setup(&container);
//     int error = f12r_execute_ctx(&container, &context, sizeof context, &result);
//
// Images are what gen_rbf makes, with a header of 28 or 32 bytes, 4-aligned. Link the layers up to
// femto of core/mbpf. One container is used by one thread at a time.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FC_STACK_SIZE 512  // Bytes that a container's stack usually has.

// Taken conditional branches that one run may have. The next one ends it.
#ifndef FEMTO_CONTAINER_BRANCHES_ALLOWED
#define FEMTO_CONTAINER_BRANCHES_ALLOWED 200
#endif

enum {
    FC_OK = 0,
    FC_ILLEGAL_INSTRUCTION = -1,
    FC_ILLEGAL_MEM = -2,
    FC_ILLEGAL_JUMP = -3,
    FC_ILLEGAL_CALL = -4,
    FC_ILLEGAL_LEN = -5,
    FC_ILLEGAL_REGISTER = -6,
    FC_NO_RETURN = -7,
    FC_OUT_OF_BRANCHES = -8,
    FC_ILLEGAL_DIV = -9,
    // Those of the RIOT module of 2023, for what Femto-Containers does not check.
    FC_UNKNOWN_FUNCTION = -10,
    FC_MAGIC_NOT_FOUND = -11,
    FC_TEXT_ALIGN_MISMATCH = -12,
    FC_STRUCTURE_LENGTH_MISMATCH = -13
};

#define FC_MEM_REGION_READ 0x01
#define FC_MEM_REGION_WRITE 0x02
#define FC_MEM_REGION_EXEC 0x04  // Means nothing.

// Memory that a program may reach besides its own. The caller owns it while it is linked.
typedef struct f12r_mem_region f12r_mem_region_t;
struct f12r_mem_region {
    f12r_mem_region_t* next;
    const uint8_t* start;
    size_t len;
    uint8_t flag;  // FC_MEM_REGION_*
};
#define F12R_MAX_REGIONS 5  // Of one container; with more it does not run.

#define FC_FLAG_SETUP_DONE 0x01
#define FC_FLAG_PREFLIGHT_DONE 0x02  // Tells that it was verified; setting it spares nothing.
#define FC_CONFIG_NO_RETURN 0x0100   // Ignored: it would switch checks off.

#if UINTPTR_MAX > 0xffffffffu
#define F12R_MACHINE_BYTES 416
#else
#define F12R_MACHINE_BYTES 256
#endif

// A container. The caller fills in the first four members, and zeroes the rest.
typedef struct f12r f12r_t;
struct f12r {
    const uint8_t* application;  // The image; stays as it is while the container is used.
    size_t application_len;
    uint8_t* stack;  // 8-aligned, better 16. Stack and, behind it, .data of the program.
    size_t stack_size;
    f12r_mem_region_t arg_region;  // The context; the others are linked to it.
    uint16_t flags;
    int16_t status;               // Of f12r_setup(): FC_OK, or why the image does not run.
    uint32_t branches_remaining;  // Of the last run.
    // How the program runs: NULL is the interpreter; f12r_compile() sets it.
    int (*engine)(f12r_t* container, int64_t* result);
    const void* code;
    union {
        uint64_t align;
        unsigned char memory[F12R_MACHINE_BYTES];
    } machine;
};

// A function that programs may call by number: regs[1] to regs[5] are r1 to r5, copies of them. The
// result becomes r0, zero-extended. Pointers among the arguments are whatever the program made up:
// ask f12r_load_allowed() or f12r_store_allowed() before each use.
typedef uint32_t (*f12r_call_t)(f12r_t* container, uint64_t* regs);

// To be defined by the embedder: the function with that number (0 to 255), or NULL. Where nobody
// defines it there are none. It must answer the same at any time.
f12r_call_t f12r_get_external_call(uint32_t number);

// Does nothing; Femto-Containers has it.
void f12r_init(void);

// Reads and verifies the image, and lays out the stack: .data has its first contents afterwards,
// and keeps what runs leave in it. Regions that were added before are forgotten. `status` tells
// what is wrong: it is what the functions below return.
void f12r_setup(f12r_t* container);

// FC_OK, or why the image does not run. Sets it up if that was not done.
int f12r_verify_preflight(f12r_t* container);

// Runs the program from its first instruction, which finds `ctx` in r1. f12r_execute_ctx() lets it
// read and write those `ctx_size` bytes. Returns FC_OK or what stopped it; `result` receives r0
// either way.
int f12r_execute(f12r_t* container, void* ctx, size_t ctx_size, int64_t* result);
int f12r_execute_ctx(f12r_t* container, void* ctx, size_t ctx_size, int64_t* result);

// Lets the program reach one more range from the next run on, until f12r_setup(). Linking a region
// a second time changes it.
void f12r_add_region(f12r_t* container, f12r_mem_region_t* region, void* start, size_t len,
                     uint8_t flags);

// Whether the program itself may access [addr, addr + size): 0, or -1.
int f12r_store_allowed(const f12r_t* container, void* addr, size_t size);
int f12r_load_allowed(const f12r_t* container, void* addr, size_t size);

// Parts of the image; `data` is where the program sees it. NULL and 0 for an image that does not
// open.
const void* f12r_header(const f12r_t* container);
void* f12r_rodata(const f12r_t* container);
void* f12r_data(const f12r_t* container);
void* f12r_text(const f12r_t* container);
size_t f12r_text_len(const f12r_t* container);

// Not of Femto-Containers: compiles the program for Armv7-M and Armv8-M mainline. From then on it
// runs as code, until f12r_setup(). `code` (8-aligned) stays in use; `workspace` (8-aligned) is
// free again. The memory must be executable, and is written: see mbpf_code_memory_t for one that
// cannot be both. Taken branches are not counted then: a run has as many instructions as
// FEMTO_CONTAINER_BRANCHES_ALLOWED branches can lead to. Takes some 1.8 KiB of the caller's stack.
// Returns how many bytes of `code` are used; 0 if it is not possible: too little memory, or another
// core.
size_t f12r_compile(f12r_t* container, void* code, size_t code_size, void* workspace,
                    size_t workspace_size);

// The names that it had before.
#ifdef F12R_BPF_NAMES
typedef f12r_t bpf_t;
typedef f12r_mem_region_t bpf_mem_region_t;
#define bpf_init f12r_init
#define bpf_setup f12r_setup
#define bpf_verify_preflight f12r_verify_preflight
#define bpf_execute f12r_execute
#define bpf_execute_ctx f12r_execute_ctx
#define bpf_add_region f12r_add_region
#define bpf_store_allowed f12r_store_allowed
#define bpf_load_allowed f12r_load_allowed
#define BPF_OK FC_OK
#define BPF_ILLEGAL_INSTRUCTION FC_ILLEGAL_INSTRUCTION
#define BPF_ILLEGAL_MEM FC_ILLEGAL_MEM
#define BPF_ILLEGAL_JUMP FC_ILLEGAL_JUMP
#define BPF_ILLEGAL_CALL FC_ILLEGAL_CALL
#define BPF_ILLEGAL_LEN FC_ILLEGAL_LEN
#define BPF_ILLEGAL_REGISTER FC_ILLEGAL_REGISTER
#define BPF_NO_RETURN FC_NO_RETURN
#define BPF_OUT_OF_BRANCHES FC_OUT_OF_BRANCHES
#define BPF_ILLEGAL_DIV FC_ILLEGAL_DIV
#define BPF_STACK_SIZE FC_STACK_SIZE
#define BPF_MEM_REGION_READ FC_MEM_REGION_READ
#define BPF_MEM_REGION_WRITE FC_MEM_REGION_WRITE
#define BPF_MEM_REGION_EXEC FC_MEM_REGION_EXEC
#define BPF_CONFIG_NO_RETURN FC_CONFIG_NO_RETURN
#endif

#ifdef __cplusplus
}
#endif
