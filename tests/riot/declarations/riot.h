// SPDX-License-Identifier: MIT
// What the glue uses of RIOT, as we understand it: enough to compile the glue with RIOT's warnings,
// where there is no RIOT. Sizes mean nothing.
#pragma once

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Modules and sections
#define IS_USED(module) (module)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define container_of(pointer, type, member) \
    ((type*)(uintptr_t)((char*)(pointer)-offsetof(type, member)))
#define XFA_CONST(type, name, priority) __attribute__((used, section(".roxfa." #name))) type const
#define XFA(type, name, priority) __attribute__((used, section(".xfa." #name))) type
#define XFA_INIT_CONST(type, name) \
    extern type const name[];      \
    extern type const name##_end[]
#define XFA_USE(type, name) extern type name[]
#define XFA_LEN(type, name) ((size_t)(name##_end - (name)))
#define AUTO_INIT(function, priority) void (*const auto_init_##function)(void) = (function)
#define AUTO_INIT_PRIORITY_AFTER(priority) (priority)
#define AUTO_INIT_PRIO_MOD_SUIT 1430
#define MODULE_MICROBPF_COAP 1
#define MODULE_MICROBPF_GPIO 1
#define MODULE_MICROBPF_JIT 1
#define MODULE_MICROBPF_LEGACY 1
#define MODULE_MICROBPF_MTD 1
#define MODULE_MICROBPF_SAUL 1
#define RIOT_BOARD "board"
#define RIOT_VERSION "version"

// Bits
#define BITFIELD(name, size) uint8_t name[((size) + 7) / 8]
static inline void bf_set(uint8_t* field, size_t index) {
    field[index / 8] = (uint8_t)(field[index / 8] | 1 << index % 8);
}
static inline bool bf_isset(const uint8_t* field, size_t index) {
    return (field[index / 8] & 1 << index % 8) != 0;
}

// Threads, events, time
#define THREAD_PRIORITY_IDLE 15
#define THREAD_STACKSIZE_DEFAULT 1024
#define THREAD_STACKSIZE_LARGE 2048
int16_t thread_create(char* stack, int size, uint8_t priority, int flags, void* (*entry)(void*),
                      void* arg, const char* name);
unsigned irq_disable(void);
void irq_restore(unsigned state);
bool irq_is_in(void);
typedef struct {
    void* queue;
} mutex_t;
#define MUTEX_INIT_LOCKED \
    { NULL }
void mutex_lock(mutex_t* mutex);
void mutex_unlock(mutex_t* mutex);
typedef struct event event_t;
struct event {
    event_t* next;
    void (*handler)(event_t* event);
};
typedef struct {
    event_t* first;
} event_queue_t;
#define EVENT_QUEUE_INIT_DETACHED \
    { NULL }
void event_queue_claim(event_queue_t* queue);
void event_post(event_queue_t* queue, event_t* event);
event_t* event_get(event_queue_t* queue);
typedef struct ztimer_clock ztimer_clock_t;
extern ztimer_clock_t* const ZTIMER_USEC;
uint32_t ztimer_now(ztimer_clock_t* clock);
event_t* event_wait_timeout_ztimer(event_queue_t* queue, ztimer_clock_t* clock, uint32_t timeout);
uint32_t random_uint32(void);

// Text
#define LOG_ERROR(...) ((void)printf(__VA_ARGS__))
#define LOG_INFO(...) ((void)printf(__VA_ARGS__))
#define LOG_DEBUG(...) ((void)printf(__VA_ARGS__))
int printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
uint32_t scn_u32_dec(const char* text, size_t digits);
uint32_t scn_u32_hex(const char* text, size_t digits);
size_t fmt_hex_bytes(uint8_t* bytes, const char* hex);
int fmt_is_number(const char* text);
#define SHELL_COMMAND(name, help, function) \
    int (*const shell_##name)(int argc, char** argv) = (function)

// Memory technology devices
typedef struct {
    const void* driver;
    uint32_t sector_count;
    uint32_t pages_per_sector;
    uint32_t page_size;
    uint32_t write_size;
} mtd_dev_t;
mtd_dev_t* mtd_dev_get(unsigned index);
int mtd_init(mtd_dev_t* mtd);
int mtd_read(mtd_dev_t* mtd, void* to, uint32_t address, uint32_t bytes);
int mtd_erase(mtd_dev_t* mtd, uint32_t address, uint32_t bytes);
int mtd_write_page_raw(mtd_dev_t* mtd, const void* from, uint32_t page, uint32_t offset,
                       uint32_t bytes);

// Devices
typedef struct {
    int16_t val[3];
    uint8_t unit;
    int8_t scale;
} phydat_t;
typedef struct {
    uint8_t type;
} saul_driver_t;
typedef struct saul_reg {
    struct saul_reg* next;
    const saul_driver_t* driver;
} saul_reg_t;
extern saul_reg_t* saul_reg;
saul_reg_t* saul_reg_find_nth(int position);
int saul_reg_read(saul_reg_t* device, phydat_t* data);
int saul_reg_write(saul_reg_t* device, const phydat_t* data);
typedef unsigned gpio_t;
typedef enum { GPIO_IN, GPIO_IN_PD, GPIO_IN_PU, GPIO_OUT } gpio_mode_t;
int gpio_init(gpio_t pin, gpio_mode_t mode);
bool gpio_read(gpio_t pin);
void gpio_write(gpio_t pin, bool value);
enum { AP_RW_RW = 3, AP_RO_RO = 6 };
uint32_t MPU_ATTR(uint32_t xn, uint32_t ap, uint32_t tex, uint32_t c, uint32_t b, uint32_t s,
                  uint32_t size);
int mpu_configure(unsigned region, uintptr_t base, uint32_t attributes);
void __DSB(void);
void __ISB(void);

// The CoAP server
typedef struct {
    uint8_t* payload;
    uint16_t payload_len;
} coap_pkt_t;
typedef struct {
    const void* resource;
} coap_request_ctx_t;
typedef struct {
    const char* path;
    unsigned methods;
    ssize_t (*handler)(coap_pkt_t* pdu, uint8_t* buf, size_t len, coap_request_ctx_t* ctx);
    void* context;
} coap_resource_t;
typedef struct {
    const coap_resource_t* resources;
    size_t resources_len;
    unsigned flags;
    void* encode;
    void* next;
    void* matcher;
} gcoap_listener_t;
enum { COAP_GET = 1, COAP_POST = 2, COAP_METHOD_POST = 2 };
enum { COAP_FORMAT_TEXT = 0 };
enum { COAP_OPT_FINISH_NONE, COAP_OPT_FINISH_PAYLOAD };
enum {
    COAP_CODE_VALID = 67,
    COAP_CODE_CHANGED = 68,
    COAP_CODE_BAD_REQUEST = 128,
    COAP_CODE_FORBIDDEN = 131,
    COAP_CODE_PATH_NOT_FOUND = 132,
    COAP_CODE_CONFLICT = 137,
    COAP_CODE_INTERNAL_SERVER_ERROR = 160,
    COAP_CODE_SERVICE_UNAVAILABLE = 163,
};
void gcoap_register_listener(gcoap_listener_t* listener);
int gcoap_resp_init(coap_pkt_t* pdu, uint8_t* buf, size_t len, unsigned code);
ssize_t gcoap_response(coap_pkt_t* pdu, uint8_t* buf, size_t len, unsigned code);
ssize_t coap_opt_add_format(coap_pkt_t* pdu, uint16_t format);
ssize_t coap_opt_finish(coap_pkt_t* pdu, uint16_t flags);
int suit_worker_trigger(const char* url, size_t len);

// Network and cryptography
typedef struct {
    int family;
    union {
        uint8_t ipv6[16];
    } addr;
    uint16_t netif;
    uint16_t port;
} sock_udp_ep_t;
typedef struct {
    int number;
} sock_udp_t;
typedef enum { SOCK_ASYNC_MSG_RECV = 1 } sock_async_flags_t;
#define AF_INET6 10
#define SOCK_IPV6_EP_ANY \
    { .family = AF_INET6 }
int sock_udp_create(sock_udp_t* sock, const sock_udp_ep_t* local, const sock_udp_ep_t* remote,
                    uint16_t flags);
ssize_t sock_udp_send(sock_udp_t* sock, const void* data, size_t bytes, const sock_udp_ep_t* to);
ssize_t sock_udp_recv(sock_udp_t* sock, void* data, size_t bytes, uint32_t timeout,
                      sock_udp_ep_t* from);
void sock_udp_event_init(sock_udp_t* sock, event_queue_t* queue,
                         void (*handler)(sock_udp_t*, sock_async_flags_t, void*), void* arg);
typedef struct {
    uint8_t bytes[16];
} uuid_t;
extern const uuid_t uuid_namespace_dns;
void uuid_v5(uuid_t* uuid, const uuid_t* name_space, const uint8_t* name, size_t bytes);

// luid.h
void luid_base(void* buf, size_t len);
void sha256(const void* data, size_t bytes, void* digest);
typedef struct {
    int curve;
} cose_key_t;
enum { COSE_EC_CURVE_ED25519 = 6, COSE_ALGO_EDDSA = -8 };
void cose_key_init(cose_key_t* key);
void cose_key_set_keys(cose_key_t* key, int curve, int algorithm, uint8_t* x, uint8_t* y,
                       uint8_t* d);
int cose_crypto_verify_ed25519(const cose_key_t* key, const uint8_t* signature,
                               size_t signature_bytes, uint8_t* message, uint64_t bytes);

// SUIT
enum {
    SUIT_OK = 0,
    SUIT_ERR_SEQUENCE_NUMBER = -5,
    SUIT_ERR_STORAGE = -50,
    SUIT_ERR_STORAGE_EXCEEDED = -51,
    SUIT_ERR_STORAGE_UNAVAILABLE = -52
};
typedef struct {
    uint32_t seq_number;
} suit_manifest_t;
typedef struct suit_storage suit_storage_t;
typedef struct {
    int (*init)(suit_storage_t*);
    int (*start)(suit_storage_t*, const suit_manifest_t*, size_t);
    int (*write)(suit_storage_t*, const suit_manifest_t*, const uint8_t*, size_t, size_t);
    int (*finish)(suit_storage_t*, const suit_manifest_t*);
    int (*read)(suit_storage_t*, uint8_t*, size_t, size_t);
    int (*read_ptr)(suit_storage_t*, const uint8_t**, size_t*);
    int (*install)(suit_storage_t*, const suit_manifest_t*);
    int (*erase)(suit_storage_t*);
    bool (*has_location)(const suit_storage_t*, const char*);
    int (*set_active_location)(suit_storage_t*, const char*);
    int (*get_seq_no)(const suit_storage_t*, uint32_t*);
    int (*set_seq_no)(suit_storage_t*, uint32_t);
    char separator;
} suit_storage_driver_t;
struct suit_storage {
    const suit_storage_driver_t* driver;
};
int suit_storage_set_seq_no_all(uint32_t sequence);
