// SPDX-License-Identifier: MIT
// For authors of programs: fixed-width types, the helpers of SPEC.md, "Helpers", and what hooks
// pass to a program. Everything here costs nothing in a program that does not use it.
//
//   #include "mbpf.h"
//
//   int sum(struct mbpf_buffer* context) { ... }      // r1: context, r2: its length in bytes
//
// A program is one C file; its entry is a function that is not static. `mbpf build` compiles it.
//
// On a device, a function runs when the hook says that its section names:
//
//   SEC("boot")              once, when the container starts
//   SEC("timer/500ms")       every so many us, ms or s
//   SEC("coap/PATH")         on a request to /c/PATH; r1: its payload, r2: its length
//   SEC("coap_packet/PATH")  the same; r1: struct bpf_coap_ctx_t
//   SEC("event/7")           when the firmware raises that event; r1: what it passes
#pragma once

// As <stdint.h> and <stddef.h> have them, which may be included too.
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __SIZE_TYPE__ size_t;

#define SEC(name) __attribute__((section(name), used))

// A helper is called by number: the compiler turns a call through such a constant into one CALL
// instruction. Ids are those of Femto-Containers where it has the helper too.

// Prints like printf, with %d %u %x %s %c of 32-bit arguments, ll for 64 bits; the result is the
// length printed.
static int (*const bpf_printf)(char const* format, ...) = (int (*)(char const*, ...))0x01;
// Copies `bytes` from readable to writable memory of the program; the result is `to`, which is told
// here so that whoever looks at the stack of a program sees where it points.
static void* (*const mbpf_memcpy_)(void* to, void const* from, uint32_t bytes) =
    (void* (*)(void*, void const*, uint32_t))0x02;
static inline void* bpf_memcpy(void* to, void const* from, uint32_t bytes) {
    mbpf_memcpy_(to, from, bytes);
    return to;
}
// Prints a number on a line of its own.
static int (*const bpf_print_debug)(uint64_t value) = (int (*)(uint64_t))0x03;

// Two key-value stores: of this program, and of all programs. A key that was never stored reads as
// 0. Storing fails with a negative result when the store is full. Values last until the device
// restarts; those of keys that the image asks to keep (`mbpf deploy --keys 0-3:own,16:rwk`) outlive
// that, too. What is kept is written some time later, so that flash lasts.
static int (*const bpf_store_local)(uint32_t key, uint32_t value) =
    (int (*)(uint32_t, uint32_t))0x10;
static int (*const bpf_store_global)(uint32_t key, uint32_t value) =
    (int (*)(uint32_t, uint32_t))0x11;
static int (*const bpf_fetch_local)(uint32_t key, uint32_t* value) =
    (int (*)(uint32_t, uint32_t*))0x12;
static int (*const bpf_fetch_global)(uint32_t key, uint32_t* value) =
    (int (*)(uint32_t, uint32_t*))0x13;

// Time since the device started; wraps around.
static uint32_t (*const bpf_now_ms)(void) = (uint32_t(*)(void))0x20;
static uint32_t (*const bpf_now_us)(void) = (uint32_t(*)(void))0x60;

// Sleeps until `period_us` behind *last_us, which is a time of bpf_now_us(), and moves *last_us
// there; returns at once if that has passed, and counts from now on. Ends the run where nobody can
// sleep.
static int (*const bpf_ztimer_periodic_wakeup)(uint32_t* last_us, uint32_t period_us) =
    (int (*)(uint32_t*, uint32_t))0x61;

// Sensors and actuators, as RIOT's SAUL has them: a handle is a number from 1 on, 0 is none.
enum {
    SAUL_ACT_SWITCH = 66,
    SAUL_SENSE_BTN = 129,
    SAUL_SENSE_TEMP = 130,
    SAUL_SENSE_HUM = 131,
    SAUL_SENSE_LIGHT = 132,
    SAUL_SENSE_SOUND = 133,
};
typedef struct {
    int16_t val[3];
    uint8_t unit;
    int8_t scale;  // Each number is val * 10^scale: 235 and -1 are 23.5.
} phydat_t;

static uint32_t (*const bpf_saul_reg_find_nth)(uint32_t index) = (uint32_t(*)(uint32_t))0x30;
static uint32_t (*const bpf_saul_reg_find_type)(uint32_t type) = (uint32_t(*)(uint32_t))0x31;
// How many numbers of `data` have a meaning; negative for an error.
static int (*const bpf_saul_reg_read)(uint32_t handle, phydat_t* data) =
    (int (*)(uint32_t, phydat_t*))0x32;
static int (*const bpf_saul_reg_write)(uint32_t handle, phydat_t const* data) =
    (int (*)(uint32_t, phydat_t const*))0x33;
// The first number alone; its unit and scale are those of the sensor.
static int (*const bpf_saul_read_temp)(uint32_t handle, int32_t* value) =
    (int (*)(uint32_t, int32_t*))0x34;

// Pins. Reading gives the level, or a negative number if there is no such pin; writing gives 1, or
// 0 if there is none.
static int (*const bpf_gpio_read_input)(uint32_t port, uint32_t pin) =
    (int (*)(uint32_t, uint32_t))0x70;
static int (*const bpf_gpio_read_raw)(uint32_t port, uint32_t pin) =
    (int (*)(uint32_t, uint32_t))0x71;
static int (*const bpf_gpio_write)(uint32_t port, uint32_t pin, uint32_t level) =
    (int (*)(uint32_t, uint32_t, uint32_t))0x72;

// CoAP: codes (RFC 7252, 12.1.2) and content formats (12.3).
enum {
    COAP_CREATED = 65,
    COAP_CHANGED = 68,
    COAP_CONTENT = 69,
    COAP_BAD_REQUEST = 128,
    COAP_NOT_FOUND = 132,
    COAP_INTERNAL_ERROR = 160,
    COAP_UNAVAILABLE = 163,
};
enum {
    COAP_FORMAT_TEXT = 0,
    COAP_FORMAT_OCTETS = 42,
    COAP_FORMAT_JSON = 50,
    COAP_FORMAT_CBOR = 60,
    COAP_FORMAT_NONE = 0xffff,
};

// Answers the request that this run is for, SEC("coap/..."). The last answer counts. Negative if
// nobody asked, the code is not one of a response, or the payload is too long.
static int (*const bpf_reply)(uint32_t code, uint32_t format, void const* payload,
                              uint32_t bytes) =
    (int (*)(uint32_t, uint32_t, void const*, uint32_t))0x44;

// The same with a packet, SEC("coap_packet/..."): start it, add its format, finish the options,
// write the payload behind them, and return the length of all of it.
typedef struct {
    uint32_t hdr_p;  // Addresses on a 32-bit core; 0 where they are longer.
    uint32_t token_p;
    uint32_t payload_p;
    uint16_t payload_len;  // Of the request; once a response is started: what there is room for.
    uint16_t options_len;
} coap_pkt_t;
typedef struct {
    coap_pkt_t const* pkt;
    uint8_t* buf;
    uint64_t buf_len;
} bpf_coap_ctx_t;
enum { COAP_OPT_FINISH_NONE = 0, COAP_OPT_FINISH_PAYLOAD = 1 };

// Each is negative if it comes at the wrong time, makes no sense, or finds no room.
static int (*const bpf_gcoap_resp_init)(bpf_coap_ctx_t* context, uint32_t code) =
    (int (*)(bpf_coap_ctx_t*, uint32_t))0x40;
// Bytes of the option.
static int (*const bpf_coap_add_format)(bpf_coap_ctx_t* context, uint32_t format) =
    (int (*)(bpf_coap_ctx_t*, uint32_t))0x42;
// Bytes in front of the payload.
static int (*const bpf_coap_opt_finish)(bpf_coap_ctx_t* context, uint32_t flags) =
    (int (*)(bpf_coap_ctx_t*, uint32_t))0x41;
// Where the payload is or begins; pkt->payload_p says it, too, but only on a 32-bit core.
static uint8_t* (*const bpf_coap_get_pdu)(bpf_coap_ctx_t* context) =
    (uint8_t * (*)(bpf_coap_ctx_t*))0x43;

// Numbers as decimal text without a terminating NUL; the result is the number of characters.
// `digits` is negative for digits behind the point: (21, -1) is "2.1".
static uint32_t (*const bpf_fmt_s16_dfp)(char* out, int16_t value, int digits) =
    (uint32_t(*)(char*, int16_t, int))0x50;
static uint32_t (*const bpf_fmt_u32_dec)(char* out, uint32_t value) =
    (uint32_t(*)(char*, uint32_t))0x51;
// Length of NUL-terminated text.
static uint32_t (*const bpf_strlen)(char const* text) = (uint32_t(*)(char const*))0x52;

// Maps, declared and used as on Linux (SPEC.md, "Maps"):
//
//   struct {
//       __uint(type, BPF_MAP_TYPE_HASH);
//       __type(key, uint32_t);
//       __type(value, struct seen);
//       __uint(max_entries, 16);
//   } addresses SEC(".maps");
//
// Their memory is the program's own and lasts as its data does. What a lookup returns may be read
// and written in place. A ring buffer has no key and no value; its max_entries are bytes, a power
// of two; `mbpf map` shows and takes out what is put into it.
#define __uint(name, value) int(*name)[value]
#define __type(name, value) __typeof__(value)* name
enum bpf_map_type { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_RINGBUF = 27 };
enum { BPF_ANY = 0, BPF_NOEXIST = 1, BPF_EXIST = 2 };
enum { BPF_RB_AVAIL_DATA = 0, BPF_RB_RING_SIZE = 1, BPF_RB_CONS_POS = 2, BPF_RB_PROD_POS = 3 };

// The value of a key, or 0.
static void* (*const bpf_map_lookup_elem)(void* map, void const* key) =
    (void* (*)(void*, void const*))0x90;
// 0, or as on Linux: -7 no room or no such index, -17 it is there (BPF_NOEXIST), -2 it is not
// (BPF_EXIST), -22 for other flags and kinds of maps.
static int (*const bpf_map_update_elem)(void* map, void const* key, void const* value,
                                        uint64_t flags) =
    (int (*)(void*, void const*, void const*, uint64_t))0x91;
static int (*const bpf_map_delete_elem)(void* map, void const* key) =
    (int (*)(void*, void const*))0x92;
// Puts a copy of `data` into a ring buffer: 0, or -11 if there is no room.
static int (*const bpf_ringbuf_output)(void* ringbuf, void const* data, uint64_t bytes,
                                       uint64_t flags) =
    (int (*)(void*, void const*, uint64_t, uint64_t))0x93;
// Room for a record, or 0; then one of the others, with what this returned.
static void* (*const bpf_ringbuf_reserve)(void* ringbuf, uint64_t bytes, uint64_t flags) =
    (void* (*)(void*, uint64_t, uint64_t))0x94;
static void (*const bpf_ringbuf_submit)(void* record, uint64_t flags) =
    (void (*)(void*, uint64_t))0x95;
static void (*const bpf_ringbuf_discard)(void* record, uint64_t flags) =
    (void (*)(void*, uint64_t))0x96;
static uint64_t (*const bpf_ringbuf_query)(void* ringbuf, uint64_t question) =
    (uint64_t(*)(void*, uint64_t))0x97;

// Contexts by shape: declare the entry with the one that its hook passes.
struct mbpf_buffer {
    uint8_t bytes[1];  // As many as the second argument of the entry says.
};
struct mbpf_words {
    uint32_t words[1];  // The second argument divided by 4.
};
