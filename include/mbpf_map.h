// SPDX-License-Identifier: MIT
// The maps of a program, as firmware sees them (SPEC.md, "Maps"): arrays, hashes and ring buffers.
//
//     mbpf_map_t seen;
//     uint32_t word = 7, times;
//     mbpf_map_open(&seen, &instance, 0, &error);
//     mbpf_map_lookup(&seen, &word, sizeof word, &times, sizeof times, &error);
//
// A program may write over all memory of its maps. So nothing there is believed: whatever it holds,
// every function below ends after at most max_entries steps (of a ring buffer, bytes / 8), touches
// that map and the caller's buffers only, and gives an answer or a fault. Kind and sizes come from
// the image; but an image may be replaced, so every call looks for the map again and says how large
// its buffers are.
//
// No run of the program may go on meanwhile: call them from the thread, or under the lock, that its
// runs have; helpers may call them, too. A run that was put aside in the middle (is_running of a
// container) may have left a value half written.
//
// Faults of all functions, and then nothing is changed: those of opening the map, if it is no
// longer there; MAP_UNKNOWN for a map that is not open, of another kind, or has keys or values of
// another size (where: mbpf_map_part_t; found: what was asked for; allowed: what there is).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "mbpf_device.h"
#include "mbpf_program.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MBPF_MAX_MAP_KEY 64  // Bytes of a key.

// Where a map is to be found: its number in an instance, or in a container of that name. Zeroed
// memory is a map that is not open.
typedef struct mbpf_map {
    MBPF_OBJECT_(MBPF_BYTES_(40, 48));
} mbpf_map_t;

// The numbers of Linux (enum bpf_map_type).
typedef enum mbpf_map_kind {
    MBPF_MAP_HASH = 1,
    MBPF_MAP_ARRAY = 2,
    MBPF_MAP_RING_BUFFER = 27
} mbpf_map_kind_t;

// What `where` says of a MAP_UNKNOWN.
typedef enum mbpf_map_part {
    MBPF_MAP_NUMBER = 0,  // allowed: how many maps there are; they count from 0.
    MBPF_MAP_KIND = 1,    // found, allowed: mbpf_map_kind_t
    MBPF_MAP_KEY = 2,     // found, allowed: bytes
    MBPF_MAP_VALUE = 3    // found, allowed: bytes
} mbpf_map_part_t;

typedef struct mbpf_map_info {
    uint8_t kind;          // mbpf_map_kind_t; 0 if it is not there.
    uint16_t key_bytes;    // Of an array 4, of a ring buffer 0.
    uint32_t value_bytes;  // Of a ring buffer 0.
    uint32_t max_entries;  // Of a ring buffer its bytes.
} mbpf_map_info_t;

// ---- Finding

// Opens map number `number` of a prepared instance, in the order of the source. An environment need
// not be attached. Faults: ENTRY_NOT_VERIFIED if the instance is not prepared; SECTION_MALFORMED as
// of mbpf_attach(). The instance outlives it; after another mbpf_prepare() it is the map of that
// number there.
mbpf_fault_t mbpf_map_open(mbpf_map_t* map, mbpf_instance_t* instance, uint32_t number,
                           mbpf_error_t* error);

// The same of a container. The device outlives it; when the container is replaced, it is the map of
// that number of the new one. Fault: CONTAINER_UNKNOWN. A container that is refused has no maps.
mbpf_fault_t mbpf_container_map(mbpf_device_t* device, const char* name, uint32_t number,
                                mbpf_map_t* map, mbpf_error_t* error);

#define MBPF_NO_MAP UINT32_MAX

// The number of the map of that name in an image, or of a container: MBPF_NO_MAP if there is none,
// or no image, or the image is without names: `mbpf build` writes them, but for `--strip`. `image`
// is 8-aligned.
uint32_t mbpf_map_find(const void* image, size_t size, const char* map);
uint32_t mbpf_container_map_find(const mbpf_device_t* device, const char* name, const char* map);

void mbpf_map_describe(const mbpf_map_t* map, mbpf_map_info_t* info);

// ---- Arrays and hashes

// A key of an array is its index, a uint32_t. Keys and values have no alignment of their own.

// Copies the value of `key` out. (A pointer into the map would outlive the entry and the container,
// and what it points to would change between two looks of the caller.) Fault: MAP_ENTRY_UNKNOWN.
mbpf_fault_t mbpf_map_lookup(const mbpf_map_t* map, const void* key, size_t key_bytes, void* value,
                             size_t value_bytes, mbpf_error_t* error);

// When an update is done (Linux: BPF_ANY, BPF_NOEXIST, BPF_EXIST).
typedef enum mbpf_update {
    MBPF_UPDATE_ANY = 0,
    MBPF_UPDATE_NEW = 1,      // A key that is not there.
    MBPF_UPDATE_EXISTING = 2  // A key that is there.
} mbpf_update_t;

// Copies a value in. Faults: MAP_ENTRY_EXISTS, MAP_ENTRY_UNKNOWN (of an array: no such index);
// MAP_FULL (allowed: max_entries).
mbpf_fault_t mbpf_map_update(const mbpf_map_t* map, const void* key, size_t key_bytes,
                             const void* value, size_t value_bytes, mbpf_update_t when,
                             mbpf_error_t* error);

// Of a hash. Fault: MAP_ENTRY_UNKNOWN.
mbpf_fault_t mbpf_map_delete(const mbpf_map_t* map, const void* key, size_t key_bytes,
                             mbpf_error_t* error);

// Copies the next key out, from place `*position` on, which it moves: 0 at first. Keys that are
// updated or deleted meanwhile disturb nothing. Fault: MAP_ENTRY_UNKNOWN behind the last one. What
// a program wrote over may show keys that mbpf_map_lookup() does not find.
mbpf_fault_t mbpf_map_next_key(const mbpf_map_t* map, uint32_t* position, void* key,
                               size_t key_bytes, mbpf_error_t* error);

// ---- Ring buffers

// Takes the oldest record out: copies it to `record`, or nowhere if that is NULL. `bytes` receives
// its length, which the program chose. Discarded records are passed over. Faults: MAP_ENTRY_UNKNOWN
// if there is none, or the next one is not submitted yet; OUTPUT_TOO_SMALL (allowed: its bytes),
// then it stays.
mbpf_fault_t mbpf_map_take(const mbpf_map_t* map, void* record, size_t room, size_t* bytes,
                           mbpf_error_t* error);

#ifdef __cplusplus
}
#endif
