// SPDX-License-Identifier: MIT
// One program: bytes -> mbpf_open() -> mbpf_verify() -> mbpf_prepare() -> mbpf_run().
//
// Nothing is allocated: every object and every buffer is the caller's, and stays in place for as
// long as something made from it is used. Nothing is global but the cryptography of devices, so
// objects of different threads do not disturb each other; one object is used by one thread at a
// time (but mbpf_stop()).
//
// Functions that can fail return the fault, MBPF_FAULT_NONE (0) if it worked, and say more in
// `error`, which may be NULL.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "mbpf_fault.h"
#include "mbpf_helper.h"

#ifdef __cplusplus
extern "C" {
#endif

// Memory for an object of the core, whose members are its own business.
#define MBPF_OBJECT_(bytes)          \
    union {                          \
        uint64_t align;              \
        void* pointer;               \
        unsigned char memory[bytes]; \
    } object

#if UINTPTR_MAX > 0xffffffffu
#define MBPF_BYTES_(on_32_bits, on_64_bits) (on_64_bits)
#else
#define MBPF_BYTES_(on_32_bits, on_64_bits) (on_32_bits)
#endif

// ---- Programs

// A program that was opened and, later, verified. Views its bytes where they lie. Zeroed memory is
// a program that is not open.
typedef struct mbpf_program {
    MBPF_OBJECT_(MBPF_BYTES_(128, 224));
} mbpf_program_t;

// SPEC.md, "Formats".
typedef enum mbpf_format {
    MBPF_FORMAT_TEXT = 0,      // bare instructions
    MBPF_FORMAT_FEMTO = 1,     // Femto-Containers, header of 28 or 32 bytes
    MBPF_FORMAT_EXTENDED = 2,  // of the µBPF prototype
    MBPF_FORMAT_ELF = 3,       // what clang makes: needs mbpf_link() first
    MBPF_FORMAT_IMAGE = 4,     // what `mbpf build` makes
    MBPF_FORMAT_ANY = 255      // for mbpf_open(): finds out by how the bytes start
} mbpf_format_t;

// Opens bytes of any format that runs in place. They stay there, unchanged, for as long as the
// program is used; an image must be 8-aligned. Faults: of SPEC.md, "Formats"; FORMAT_UNKNOWN for an
// ELF object.
mbpf_fault_t mbpf_open(mbpf_program_t* program, const void* bytes, size_t size,
                       mbpf_format_t format, mbpf_error_t* error);

// The same for one format, which links less.
mbpf_fault_t mbpf_open_image(mbpf_program_t* program, const void* bytes, size_t size,
                             mbpf_error_t* error);
mbpf_fault_t mbpf_open_femto(mbpf_program_t* program, const void* bytes, size_t size,
                             mbpf_error_t* error);

// Makes an image of an ELF object. `output`, of `room` bytes, is 8-aligned. `entry`: the function
// that runs if none is named, or NULL. Returns in `size` how many bytes the image has. Faults:
// OUTPUT_TOO_SMALL (allowed: bytes needed), and those of SPEC.md, "Linking an ELF object".
mbpf_fault_t mbpf_link(const void* object, size_t object_size, void* output, size_t room,
                       const char* entry, size_t* size, mbpf_error_t* error);

// Writes to a file of MBPF_FORMAT_EXTENDED, in RAM, where its listed calls go, so that mbpf_open()
// takes it: files of the prototype's own tool leave that to the device. May be done twice. Faults:
// of SPEC.md, "Extended header"; then the file is as it was.
mbpf_fault_t mbpf_resolve_calls(void* bytes, size_t size, mbpf_error_t* error);

// Of an open program.
mbpf_format_t mbpf_program_format(const mbpf_program_t* program);
uint32_t mbpf_program_slots(const mbpf_program_t* program);  // Of 8 bytes, in its text.

// Functions that a run may start at: at least one, and number 0 is the one that runs if none is
// named.
uint32_t mbpf_entry_count(const mbpf_program_t* program);
// Number of the entry of that name; mbpf_entry_count() if there is none.
uint32_t mbpf_entry_find(const mbpf_program_t* program, const char* name);
// Copies the name of an entry, cut to `room` bytes with its NUL. Returns the length of all of it; 0
// for one without a name, or that is not there.
size_t mbpf_entry_name(const mbpf_program_t* program, uint32_t entry, char* name, size_t room);

// ---- Verification

#define MBPF_ALLOW_RECURSION 1u   // Every call is bounded when it runs.
#define MBPF_REFUSE_DEAD_CODE 2u  // Every instruction must be reachable; needs scratch.

// What the embedder lets programs do. mbpf_policy_default() fills it in.
typedef struct mbpf_policy {
    uint32_t granted[MBPF_HELPER_IDS / 32];  // Bit n of word i: helper 32 i + n may be called.
    uint32_t max_stack_bytes;
    uint8_t max_call_depth;  // Functions on the stack, the entry included: 1 to 8.
    uint8_t flags;           // MBPF_ALLOW_RECURSION, MBPF_REFUSE_DEAD_CODE
} mbpf_policy_t;

// Every helper, 8 functions of 512 bytes on the stack, no flags.
mbpf_policy_t mbpf_policy_default(void);

// Bytes of scratch that mbpf_verify() needs for this open program under this policy; may be 0.
size_t mbpf_verify_scratch_bytes(const mbpf_program_t* program, const mbpf_policy_t* policy);

// Verifies an open program (SPEC.md, "Verification"), on less than 1 KiB of stack. `scratch` is
// free again afterwards. If it is refused, the program is as after mbpf_open(). Faults:
// MEMORY_TOO_SMALL for too little scratch; FORMAT_UNKNOWN if it is not open; those of SPEC.md,
// whose `where` is a slot.
mbpf_fault_t mbpf_verify(mbpf_program_t* program, const mbpf_helpers_t* helpers,
                         const mbpf_policy_t* policy, void* scratch, size_t scratch_size,
                         mbpf_error_t* error);

// ---- Instances

// The machine of one program: where its stack and data are, and what else it may reach. Zeroed
// memory is an instance that is not prepared.
typedef struct mbpf_instance {
    MBPF_OBJECT_(MBPF_BYTES_(152, 224));
} mbpf_instance_t;

typedef enum mbpf_access { MBPF_READ = 1, MBPF_WRITE = 2, MBPF_READ_WRITE = 3 } mbpf_access_t;

// Bytes of RAM that mbpf_prepare() needs for a verified program: stack, data, bss and maps; 0 if it
// is not verified.
uint32_t mbpf_memory_bytes(const mbpf_program_t* program);

// Makes `memory` (8-aligned) the stack and data of a verified program, and `instance` its machine:
// with first contents of data, no context, nothing lent, nothing attached. `helpers` are those it
// was verified with. Faults: ENTRY_NOT_VERIFIED if it was not; MEMORY_TOO_SMALL (allowed: bytes
// needed); ADDRESS_NOT_ALIGNED; RELOCATION_OUT_OF_RANGE.
mbpf_fault_t mbpf_prepare(mbpf_instance_t* instance, const mbpf_program_t* program, void* memory,
                          size_t memory_size, const mbpf_helpers_t* helpers, mbpf_error_t* error);

// The memory that r1 points to and r2 measures in the runs to come; replaces the last one. The
// program may do with it what `access` says. Fault: REGION_WRAPS.
mbpf_fault_t mbpf_set_context(mbpf_instance_t* instance, const void* context, uint32_t bytes,
                              mbpf_access_t access, mbpf_error_t* error);

// One more range that the program may reach, by its address. Faults: TOO_MANY_REGIONS, after five;
// REGION_WRAPS.
mbpf_fault_t mbpf_lend(mbpf_instance_t* instance, const void* memory, uint32_t bytes,
                       mbpf_access_t access, mbpf_error_t* error);
// Takes back all that was lent, from the next run on: one under way may go on with what it has
// looked at. The context stays.
void mbpf_take_back(mbpf_instance_t* instance);

// For helpers of the firmware: mbpf_attached() returns it. Replaces an environment (mbpf_attach()),
// without which standard helpers end the run.
void mbpf_attach_own(mbpf_instance_t* instance, void* anything);

// Called in the middle of long runs: every 8192 instructions, at the next jump or local call. It
// may call mbpf_stop() and run other instances. NULL: nothing is called.
void mbpf_set_breather(mbpf_instance_t* instance, void (*breathe)(void* context), void* context);

// Makes the run under way end with MBPF_TRAP_STOPPED where it would call the breather, and those to
// come before their first instruction, until mbpf_clear_stop(). May be called from another thread
// or an interrupt.
void mbpf_stop(mbpf_instance_t* instance);
void mbpf_clear_stop(mbpf_instance_t* instance);

// ---- Runs

// How a run ends.
typedef enum mbpf_trap {
    MBPF_TRAP_NONE = 0,             // The program returned.
    MBPF_TRAP_OUT_OF_BUDGET = 1,    // More instructions than the budget allows.
    MBPF_TRAP_LOAD_OUTSIDE = 2,     // address, bytes: a load outside every readable region
    MBPF_TRAP_STORE_OUTSIDE = 3,    // address, bytes: a store outside every writable region
    MBPF_TRAP_CALL_TOO_DEEP = 4,    // A local call without a frame left.
    MBPF_TRAP_HELPER_ARGUMENT = 5,  // address: what was passed; bytes: 1 for r1, 2 for r2, ...
    MBPF_TRAP_HELPER_FAILED = 6,    // The helper gave up.
    MBPF_TRAP_STOPPED = 7,          // mbpf_stop()
    MBPF_TRAP_ILLEGAL = 8           // The text changed under a running program.
} mbpf_trap_t;

// The name of a trap, such as "LoadOutside"; "?" for a number that is none.
const char* mbpf_trap_name(uint32_t trap);

// What a run leaves behind.
typedef struct mbpf_outcome {
    uint64_t result;        // r0, if trap is MBPF_TRAP_NONE
    uint64_t address;       // Of the trap.
    uint32_t pc;            // Slot of the instruction that trapped.
    uint32_t instructions;  // Executed, the one that trapped included.
    uint8_t trap;           // mbpf_trap_t
    uint8_t bytes;          // Of the trap.
} mbpf_outcome_t;

// Runs entry number `entry` in the interpreter until it returns or traps, for at most about
// `budget` instructions (SPEC.md, "Budget"). A trap is no fault: `outcome` tells. Fault:
// ENTRY_NOT_VERIFIED (where: slot or number) if the instance is not prepared, or has no such entry.
mbpf_fault_t mbpf_run(mbpf_instance_t* instance, uint32_t entry, uint32_t budget,
                      mbpf_outcome_t* outcome, mbpf_error_t* error);

// ---- Compiling, for Armv7-M and Armv8-M mainline

// Memory that is written, then executed. Between `open` and `seal` it may be written and not
// executed, otherwise executed and not written; sealing makes what was written visible to
// instruction fetches (caches, DSB, ISB). Without callbacks it stays writable, and the core does
// the barriers alone.
typedef struct mbpf_code_memory {
    void* memory;  // 8-aligned
    size_t bytes;
    void* context;                // Of the callbacks.
    void (*open)(void* context);  // What was code in it is not used until it is sealed.
    void (*seal)(void* context, const void* written, size_t bytes);
} mbpf_code_memory_t;

// Compiled code of one instance.
typedef struct mbpf_code {
    MBPF_OBJECT_(MBPF_BYTES_(104, 144));
} mbpf_code_t;

// Whether compiled code runs on this core. (Any core can compile.)
int mbpf_can_run_code(void);

// Bytes of workspace (8-aligned) that are enough for what compilers make of this program.
size_t mbpf_workspace_bytes(const mbpf_program_t* program);

// Bytes of code memory that mbpf_compile() needs for this instance. Faults as there, of all but the
// code memory.
mbpf_fault_t mbpf_code_bytes(mbpf_instance_t* instance, void* workspace, size_t workspace_size,
                             size_t* bytes, mbpf_error_t* error);

// Compiles for a prepared instance, on less than 2 KiB of stack. The workspace is free again
// afterwards; code, instance and program stay. `used` (or NULL) receives how many bytes of the
// memory are in use: the rest may hold other code. Faults: MEMORY_TOO_SMALL, of code or workspace
// (allowed: bytes needed); ADDRESS_NOT_ALIGNED, of one of them; ENTRY_NOT_VERIFIED if the instance
// is not prepared; CODE_TOO_LONG for code of more than 128 KiB.
mbpf_fault_t mbpf_compile(mbpf_code_t* code, mbpf_instance_t* instance,
                          const mbpf_code_memory_t* memory, void* workspace, size_t workspace_size,
                          size_t* used, mbpf_error_t* error);

// As mbpf_run(). Faults: ENGINE_UNAVAILABLE on a core that does not run compiled code;
// ENTRY_NOT_VERIFIED, also if the code is another instance's, or if the instance was prepared for
// another program or in other memory since. (The same again in its memory needs no compiling.)
mbpf_fault_t mbpf_run_code(const mbpf_code_t* code, mbpf_instance_t* instance, uint32_t entry,
                           uint32_t budget, mbpf_outcome_t* outcome, mbpf_error_t* error);

// ---- What the standard helpers work on

// What sensors measure and actuators take: RIOT's phydat_t.
typedef struct mbpf_measurement {
    int16_t value[3];
    uint8_t unit;
    int8_t scale;  // Each number is value * 10^scale.
} mbpf_measurement_t;

// Sensors and actuators by index, as RIOT's SAUL numbers them, and pins. Functions that are NULL
// are devices that cannot.
typedef struct mbpf_devices {
    void* context;
    uint32_t count;                                  // May change: some are found late.
    uint8_t (*type)(void* context, uint32_t index);  // Of SAUL, saul.h
    // How many of the numbers are meaningful; negative for an error.
    int32_t (*read)(void* context, uint32_t index, mbpf_measurement_t* result);
    int32_t (*write)(void* context, uint32_t index, const mbpf_measurement_t* value);
    // The level, 0 or 1; negative if there is no such pin.
    int32_t (*read_pin)(void* context, uint32_t port, uint32_t pin);
    int32_t (*write_pin)(void* context, uint32_t port, uint32_t pin, uint32_t level);
} mbpf_devices_t;

// A key-value store of 32-bit words. A program cannot make it grow.
typedef struct mbpf_store_entry {
    uint32_t key;
    uint32_t value;
} mbpf_store_entry_t;

typedef struct mbpf_store {
    MBPF_OBJECT_(MBPF_BYTES_(24, 32));
} mbpf_store_t;

// Empty. `entries` outlive it.
void mbpf_store_init(mbpf_store_t* store, mbpf_store_entry_t* entries, size_t count);
// 0 for a key that was never stored.
uint32_t mbpf_store_get(const mbpf_store_t* store, uint32_t key);
// 0 if the key is new and there is no room for it.
int mbpf_store_put(mbpf_store_t* store, uint32_t key, uint32_t value);

// All of it outlives the environment; what is NULL or 0 is not there.
typedef struct mbpf_environment_config {
    char* output;  // What the program prints; what finds no room is dropped.
    size_t output_size;
    mbpf_store_entry_t* local;  // Of the store of its own.
    size_t local_count;
    mbpf_store_t* global;      // Of several programs.
    uint64_t (*now_us)(void);  // Microseconds since the start.
    const mbpf_devices_t* devices;
} mbpf_environment_config_t;

// Belongs to one instance.
typedef struct mbpf_environment {
    MBPF_OBJECT_(MBPF_BYTES_(176, 296));
} mbpf_environment_t;

void mbpf_environment_init(mbpf_environment_t* environment,
                           const mbpf_environment_config_t* config);
// How many bytes of the output are used; they have no NUL.
size_t mbpf_environment_output(const mbpf_environment_t* environment);
void mbpf_environment_clear_output(mbpf_environment_t* environment);

// Gives the standard helpers of a prepared instance what they work on, and its program its maps,
// which lie in the memory of mbpf_prepare(). mbpf_attached() returns the environment; that may be
// the first member of something larger. Faults, after which nothing is attached:
// ENTRY_NOT_VERIFIED if the instance is not prepared; SECTION_MALFORMED (where: offset in the
// section of maps) if its image declares maps that cannot be.
mbpf_fault_t mbpf_attach(mbpf_instance_t* instance, mbpf_environment_t* environment,
                         mbpf_error_t* error);

#ifdef __cplusplus
}
#endif
