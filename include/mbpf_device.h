// SPDX-License-Identifier: MIT
// A device: containers that live in flash, run when a hook wants them, and are installed and
// commanded by signed messages over CoAP (SPEC.md, "Devices") or by the firmware.
//
//     static mbpf_device_t device;
//     mbpf_device_open(&device, &config, NULL);
//     for (;;) {
//         uint64_t wait_us = mbpf_device_tick(&device);
//         if (receive(&peer, datagram, &bytes, wait_us)) {
//             mbpf_device_receive(&device, &peer, datagram, bytes);
//         }
//     }
//
// One flow of control at a time calls it: firmware with threads takes a lock around each call, or
// posts to the thread of the device. No call is to be made from a helper or a callback of the same
// device, unless it says so. Programs run on stacks inside the device; the caller needs
// some 2.5 KiB of stack, most of it where a program is compiled, and what the callbacks for
// cryptography and flash take.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "mbpf_program.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MBPF_MAX_CONTAINERS 8
#define MBPF_MAX_NAME 23  // Characters of a container's name: a-z, 0-9, '-', '_'
#define MBPF_MAX_PATH 48  // Characters of a hook's path
#define MBPF_MAX_SIGNERS 4
#define MBPF_MAX_KEY_RANGES 4  // Of one signer
#define MBPF_KEY_BYTES 32
#define MBPF_DIGEST_BYTES 32
#define MBPF_SIGNATURE_BYTES 64

// ---- What the platform gives

// Memory that keeps its contents without power, in sectors. Callbacks return 0 if it worked. Power
// may fail in the middle of any of them. They are given offsets from the start of the storage.
typedef struct mbpf_flash {
    // Where the storage can be read, and programs run in place: 8-aligned. If `read` is NULL, the
    // storage itself, memory-mapped. Otherwise RAM of the same size, which the device keeps a copy
    // in.
    void* memory;
    size_t bytes;           // Whole sectors.
    uint32_t sector_bytes;  // A power of two.
    void* context;          // Of the callbacks.
    // Only for storage that is not memory-mapped.
    int (*read)(void* context, uint32_t offset, void* to, size_t bytes);
    // Sets the sector at `offset` to 0xff.
    int (*erase)(void* context, uint32_t offset);
    // Writes a multiple of 8 bytes to an offset that is one; what is there is erased.
    int (*program)(void* context, uint32_t offset, const void* from, size_t bytes);
    // How the storage is divided: sectors of each of the two halves of the journal, and of each
    // slot, which holds one image.
    uint32_t journal_sectors;  // at least 1
    uint32_t slot_sectors;     // at least 1
} mbpf_flash_t;

// Primitives of the platform's choice. One set serves all devices of a process.
typedef struct mbpf_crypto {
    // SHA-256, FIPS 180-4.
    void (*sha256)(const uint8_t* message, size_t bytes, uint8_t digest[MBPF_DIGEST_BYTES]);
    // Ed25519, RFC 8032 section 5.1.7: 1 if the signature is good, 0 otherwise.
    int (*verify)(const uint8_t key[MBPF_KEY_BYTES], const uint8_t* message, size_t bytes,
                  const uint8_t signature[MBPF_SIGNATURE_BYTES]);
} mbpf_crypto_t;

// The other end of an exchange. Only the platform knows what an address means; unused bytes are 0,
// for peers are compared.
typedef struct mbpf_peer {
    uint8_t address[16];
    uint16_t port;
    uint8_t address_bytes;
} mbpf_peer_t;

// It outlives the device, and so does all that it points to.
typedef struct mbpf_device_config {
    void* ram;  // Stacks and data of programs; 8-aligned.
    size_t ram_bytes;
    mbpf_code_memory_t code;  // Of compiled programs; zero: everything is interpreted.
    mbpf_helpers_t helpers;
    const mbpf_devices_t* devices;  // Or NULL.
    uint64_t (*now_us)(void);       // Microseconds since the start; never goes back.
    mbpf_flash_t flash;
    mbpf_crypto_t crypto;
    // Sends a datagram, which lives until the function returns. It may be lost. Called from
    // mbpf_device_receive(), mbpf_device_exchange() and mbpf_device_tick(). NULL: no network.
    void (*send)(void* context, const mbpf_peer_t* to, const void* datagram, size_t bytes);
    void* send_context;
    const char* board;    // What the device calls itself.
    const char* version;  // Of the firmware.
    uint8_t vendor[16];   // UUIDs that manifests name (RFC 9562).
    uint8_t board_class[16];
    uint8_t id[16];  // Unique: commands that are signed for another device are refused.
    uint32_t seed;  // Different after each start: of message ids.
} mbpf_device_config_t;

#ifdef __cplusplus
#define MBPF_ALIGNED_(bytes) alignas(bytes)
#else
#define MBPF_ALIGNED_(bytes) _Alignas(bytes)
#endif

// A device, 26 KiB on a 32-bit core: most is stacks for four runs at once, messages and log.
typedef struct mbpf_device {
    MBPF_ALIGNED_(32) unsigned char memory[MBPF_BYTES_(26624, 296960)];
} mbpf_device_t;

// ---- The device

// Opens the storage, which is formatted if it is erased, and starts the containers in it. Faults:
// STORAGE_MALFORMED if the storage holds something else, which is left alone, or has no sectors of
// such a size; STORAGE_FULL (found: sectors; allowed: sectors needed) if it has no room for a slot,
// or a part of it has no sectors; ADDRESS_NOT_ALIGNED of storage, RAM or memory for code;
// STORAGE_FAILED (where: offset).
mbpf_fault_t mbpf_device_open(mbpf_device_t* device, const mbpf_device_config_t* config,
                              mbpf_error_t* error);

// Starts what is due and lets each run go on for a while: at most four times 8192 instructions.
// Returns the microseconds until it wants to be called again, if nothing arrives; 0 while programs
// run.
uint64_t mbpf_device_tick(mbpf_device_t* device);

// Takes a CoAP datagram that arrived. The answer goes through config.send, now or later.
void mbpf_device_receive(mbpf_device_t* device, const mbpf_peer_t* from, const void* datagram,
                         size_t bytes);

// The same, but the answer, if there is one at once, goes to `reply`. Returns its length, or 0: it
// will be sent later, or there is none, or it does not fit and went through config.send.
size_t mbpf_device_exchange(mbpf_device_t* device, const mbpf_peer_t* from, const void* datagram,
                            size_t bytes, void* reply, size_t reply_size);

typedef struct mbpf_usage {
    uint32_t ram_bytes;  // Of programs.
    uint32_t ram_free;
    uint32_t code_bytes;  // Of compiled code.
    uint32_t code_free;
    uint32_t slots;  // For images.
    uint32_t slots_free;
    uint32_t slot_bytes;
    uint32_t deepest_stack;  // Bytes that any run has used, of stack_bytes.
    uint32_t stack_bytes;
    uint32_t containers;
} mbpf_usage_t;

void mbpf_device_usage(const mbpf_device_t* device, mbpf_usage_t* usage);

// What programs have printed lately. Copies from `*position` on, which it moves; positions count
// every byte there ever was, so that 0 is the oldest still there. Returns the bytes copied.
size_t mbpf_device_log(const mbpf_device_t* device, uint32_t* position, char* text, size_t room);

// ---- Who may install what

#define MBPF_ADMINISTRATOR 1u

// Keys of a store, and what is allowed: of the shared one, as mbpf_access_t says; besides, what
// outlives power (MBPF_KEY_KEPT), of the container's own store (MBPF_KEY_OWN).
#define MBPF_KEY_KEPT 4u
#define MBPF_KEY_OWN 8u
typedef struct mbpf_key_range {
    uint32_t first;
    uint32_t last;    // Of the range, too.
    uint32_t access;  // The sum.
} mbpf_key_range_t;

// Someone whose programs the device takes, and what they may be given at most (SPEC.md, "Policy").
// 0 is no limit but the device's.
typedef struct mbpf_signer {
    uint8_t key[MBPF_KEY_BYTES];             // Ed25519
    uint32_t helpers[MBPF_HELPER_IDS / 32];  // Bit n of word i: helper 32 i + n.
    uint32_t run_instructions;               // Of one run.
    uint32_t second_instructions;            // In a second.
    uint32_t memory_bytes;                   // Of stack, data, bss and maps.
    uint8_t hook_kinds;                      // Bit n: mbpf_hook_kind_t n.
    uint8_t flags;                           // MBPF_ADMINISTRATOR
    uint8_t key_range_count;
    uint8_t zero;  // 0
    mbpf_key_range_t keys[MBPF_MAX_KEY_RANGES];
} mbpf_signer_t;

// Replaces the policy, which counts from the next installation or start on. Faults:
// POLICY_MALFORMED (where: offset in the list), STORAGE_*.
mbpf_fault_t mbpf_device_set_policy(mbpf_device_t* device, const mbpf_signer_t* signers,
                                    size_t count, mbpf_error_t* error);
// Copies the signers there are, at most `room`; returns how many there are.
size_t mbpf_device_policy(const mbpf_device_t* device, mbpf_signer_t* signers, size_t room);

// ---- Containers, by command of the firmware

// All of these wait until a run of the container that is under way has stopped, and let others go
// on meanwhile. What they change is kept over a restart. They need no signature: who calls them is
// trusted; the rights of a program are those of its signer.

// Installs the image in `image` under that name, or replaces the one of it. `signer` is a key of
// the policy. Faults: STORAGE_FULL, IMAGE_TOO_LARGE (allowed: bytes of a slot), SIGNER_UNKNOWN,
// NAME_MALFORMED, TOO_MANY_CONTAINERS, MEMORY_TOO_SMALL, and those of SPEC.md for formats,
// verification and policies. Nothing has changed then.
mbpf_fault_t mbpf_install(mbpf_device_t* device, const char* name, const void* image, size_t bytes,
                          const uint8_t signer[MBPF_KEY_BYTES], mbpf_error_t* error);

// The same piece by piece: begin, write in order, finish. Only the last step changes what runs.
// Only one at a time: what was begun before, and mbpf_install() meanwhile, ends it. None while the
// network installs (CONTAINER_BUSY). TRANSFER_BROKEN if nothing was begun.
mbpf_fault_t mbpf_install_begin(mbpf_device_t* device, mbpf_error_t* error);
mbpf_fault_t mbpf_install_write(mbpf_device_t* device, const void* bytes, size_t count,
                                mbpf_error_t* error);
mbpf_fault_t mbpf_install_finish(mbpf_device_t* device, const char* name,
                                 const uint8_t signer[MBPF_KEY_BYTES], mbpf_error_t* error);
void mbpf_install_abort(mbpf_device_t* device);

// Fault: CONTAINER_UNKNOWN, STORAGE_*. Starting one that failed gives it a new chance.
mbpf_fault_t mbpf_container_start(mbpf_device_t* device, const char* name, mbpf_error_t* error);
mbpf_fault_t mbpf_container_stop(mbpf_device_t* device, const char* name, mbpf_error_t* error);
mbpf_fault_t mbpf_container_remove(mbpf_device_t* device, const char* name, mbpf_error_t* error);

typedef enum mbpf_state {
    MBPF_STATE_READY = 0,
    MBPF_STATE_STOPPED = 1,  // By command.
    MBPF_STATE_PAUSED = 2,   // For a while after a fault.
    MBPF_STATE_FAILED = 3,   // More faults than it wants to be restarted after: until started.
    MBPF_STATE_REFUSED = 4   // It cannot run: `refusal` says why.
} mbpf_state_t;

// The name of a state, such as "ready"; "?" for a number that is none.
const char* mbpf_state_name(uint32_t state);

// The last fault of a container.
typedef struct mbpf_fault_record {
    uint64_t address;
    uint64_t time_us;  // Since the start.
    uint32_t pc;       // Slot in its text.
    uint32_t run;      // Number of the run, from 1 on.
    uint16_t entry;
    uint8_t trap;  // mbpf_trap_t; MBPF_TRAP_NONE: there was none.
    uint8_t bytes;
} mbpf_fault_record_t;

typedef struct mbpf_container_info {
    char name[MBPF_MAX_NAME + 1];
    uint8_t state;        // mbpf_state_t
    uint8_t is_compiled;  // It runs as compiled code.
    uint8_t is_running;   // A run is under way.
    uint8_t refusal;      // mbpf_fault_t
    uint8_t hooks;        // How many it has.
    uint8_t slot;
    uint32_t sequence;  // Of the last message about it.
    uint32_t image_bytes;
    uint32_t memory_bytes;  // Stack and data.
    uint32_t code_bytes;
    uint32_t run_instructions;  // Its budgets.
    uint32_t second_instructions;
    uint8_t digest[MBPF_DIGEST_BYTES];  // SHA-256 of the image.
    uint8_t signer[MBPF_KEY_BYTES];
    uint32_t runs;
    uint32_t faults;
    uint32_t skipped;    // Runs that were due, and for which there was no budget or no time.
    uint32_t latest_us;  // How late a periodic run has started at most.
    uint64_t instructions;
    uint64_t busy_us;
    mbpf_fault_record_t fault;
    uint32_t helpers[MBPF_HELPER_IDS / 32];  // That it calls. Bit n of word i: 32 i + n.
} mbpf_container_info_t;

// Of place `index`, 0 to MBPF_MAX_CONTAINERS - 1: 0 if nothing is there.
int mbpf_container_at(const mbpf_device_t* device, uint32_t index, mbpf_container_info_t* info);
// Of that name: 0 if there is none.
int mbpf_container_find(const mbpf_device_t* device, const char* name, mbpf_container_info_t* info);

// ---- Hooks

typedef enum mbpf_hook_kind {
    MBPF_HOOK_BOOT = 1,         // When the device or the container starts.
    MBPF_HOOK_PERIOD = 2,       // Every `argument` milliseconds.
    MBPF_HOOK_REQUEST = 3,      // A request to `path`; r1 points to its payload.
    MBPF_HOOK_COAP_PACKET = 4,  // The same; r1 points to the context of Femto-Containers.
    MBPF_HOOK_EVENT = 5         // When the firmware runs hook number `argument`.
} mbpf_hook_kind_t;

typedef struct mbpf_hook_info {
    uint8_t kind;   // mbpf_hook_kind_t
    uint8_t order;  // Of several on one hook; the lowest runs first.
    uint16_t entry;
    uint32_t argument;
    char path[MBPF_MAX_PATH + 1];  // Without a leading slash; empty where there is none.
} mbpf_hook_info_t;

// Hook number `hook` of a container: 0 if there is none.
int mbpf_hook_at(const mbpf_device_t* device, const char* name, uint32_t hook,
                 mbpf_hook_info_t* info);

// What programs on a hook made of it.
typedef struct mbpf_hook_result {
    uint32_t ran;      // Programs that ran, one after the other in their order.
    uint32_t trapped;  // Of them.
    uint64_t result;   // Of the last that returned; 0 if none did.
} mbpf_hook_result_t;

// Runs the programs on event hook `hook`. Each gets `context`, and may do with it what `access`
// says: the caller looks at it afterwards. Others go on meanwhile. `result` may be NULL. Returns
// how many ran.
uint32_t mbpf_hook_run(mbpf_device_t* device, uint32_t hook, void* context, uint32_t bytes,
                       mbpf_access_t access, mbpf_hook_result_t* result);

// Runs hook number `hook` of one container, of any kind, now. A trap is no fault: `outcome` tells.
// Faults: CONTAINER_UNKNOWN, HOOK_UNKNOWN, CONTAINER_STOPPED, CONTAINER_BUSY, QUOTA_EXHAUSTED.
mbpf_fault_t mbpf_container_run(mbpf_device_t* device, const char* name, uint32_t hook,
                                void* context, uint32_t bytes, mbpf_access_t access,
                                mbpf_outcome_t* outcome, mbpf_error_t* error);

// The answer of a program to a request.
typedef struct mbpf_reply {
    uint8_t* payload;  // Room of the caller.
    size_t room;
    size_t bytes;     // Of the payload.
    uint16_t format;  // Content-Format (RFC 7252 section 12.3); 0xffff: none
    uint8_t code;     // RFC 7252 section 12.1
} mbpf_reply_t;

#define MBPF_NO_FORMAT 0xffffu

// Asks the container that answers requests to `path`: what a CoAP server of the firmware calls for
// its resources. `method`: 1 GET, 2 POST, 3 PUT, 4 DELETE. A program that does not say otherwise
// answers 2.05 with its result as decimal text. Faults: HOOK_UNKNOWN (nobody answers there),
// IMAGE_TOO_LARGE (allowed: bytes a payload may have), OUTPUT_TOO_SMALL (allowed: bytes of the
// answer), and those of mbpf_container_run(). If the program trapped, reply->code is 5.00 (160),
// and the container's fault record says more.
mbpf_fault_t mbpf_container_call(mbpf_device_t* device, const char* path, uint8_t method,
                                 const void* payload, size_t bytes, mbpf_reply_t* reply,
                                 mbpf_error_t* error);

#ifdef __cplusplus
}
#endif
