/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       The thread that containers run in
 */

#include <string.h>

#include "auto_init_utils.h"
#include "event/timeout.h"
#include "fmt.h"
#include "hashes/sha256.h"
#include "irq.h"
#include "log.h"
#include "microbpf.h"
#include "mutex.h"
#include "random.h"
#include "thread.h"
#include "ztimer.h"

XFA_INIT_CONST(mbpf_helper_t, microbpf_helpers);
XFA_INIT_CONST(microbpf_image_t, microbpf_images);

/* Storage in RAM, or a copy there of what microbpf_mtd keeps. */
#define SECTOR_SIZE         CONFIG_MICROBPF_SECTOR_SIZE
#define JOURNAL_SECTORS     (SECTOR_SIZE < 2048 ? 2048 / SECTOR_SIZE : 1)
#define SLOT_SECTORS        (CONFIG_MICROBPF_SLOT_SIZE / SECTOR_SIZE)
#define STORAGE_SIZE        ((2 * JOURNAL_SECTORS + CONFIG_MICROBPF_SLOTS * SLOT_SECTORS) \
                             * SECTOR_SIZE)
/* Its private half is unknown: these bytes are no point that anybody has made. */
#define FIRMWARE_KEY        "microbpf: installed by firmware."

static_assert((SECTOR_SIZE & (SECTOR_SIZE - 1)) == 0, "a sector is a power of two of bytes");
static_assert(CONFIG_MICROBPF_SLOT_SIZE % SECTOR_SIZE == 0, "a slot is a multiple of a sector");
static_assert(sizeof(FIRMWARE_KEY) == MBPF_KEY_BYTES + 1, "a key has 32 bytes");

typedef struct {
    event_t super;
    microbpf_call_t fn;
    void *arg;
    mutex_t done;
} call_t;

event_queue_t microbpf_queue = EVENT_QUEUE_INIT_DETACHED;
mbpf_devices_t microbpf_devices;

static char _stack[CONFIG_MICROBPF_STACK_SIZE];
static mbpf_device_t _device;
static uint64_t _ram[CONFIG_MICROBPF_RAM_SIZE / sizeof(uint64_t)];
static uint64_t _storage[STORAGE_SIZE / sizeof(uint64_t)];
static mbpf_helper_t _helpers[MBPF_STANDARD_HELPERS + CONFIG_MICROBPF_OWN_HELPERS];
static uint8_t _helper_index[MBPF_HELPER_IDS];
static mbpf_helpers_t _table;
static uint8_t _owner[MBPF_KEY_BYTES];

static int _erase(void *context, uint32_t offset)
{
    (void)context;
    memset((uint8_t *)_storage + offset, 0xff, SECTOR_SIZE);
    return 0;
}

static int _program(void *context, uint32_t offset, const void *from, size_t bytes)
{
    (void)context;
    memcpy((uint8_t *)_storage + offset, from, bytes);
    return 0;
}

static void _sha256(const uint8_t *message, size_t bytes, uint8_t digest[MBPF_DIGEST_BYTES])
{
    sha256(message, bytes, digest);
}

/* In the thread of the containers only, which asks at least every second. */
static uint64_t _now_us(void)
{
    static uint64_t now;

    now += ztimer_now(ZTIMER_USEC) - (uint32_t)now;
    return now;
}

static bool _read_hex(const char *hex, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < 2 * count; i++) {
        char c = hex[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        bytes[i] = scn_u32_hex(&hex[2 * i], 2);
    }
    return hex[2 * count] == '\0';
}

/* One who may everything: the administrator over the network, or the firmware alone. */
static void _set_policy(void)
{
    mbpf_signer_t signer = {
        .hook_kinds = 1U << MBPF_HOOK_BOOT | 1U << MBPF_HOOK_PERIOD | 1U << MBPF_HOOK_REQUEST |
                      1U << MBPF_HOOK_COAP_PACKET | 1U << MBPF_HOOK_EVENT,
        .flags = MBPF_ADMINISTRATOR,
        .key_range_count = 1,
        .keys = { { 0, UINT32_MAX, MBPF_READ_WRITE | MBPF_KEY_KEPT | MBPF_KEY_OWN } },
    };

    memset(signer.helpers, 0xff, sizeof(signer.helpers));
    memcpy(signer.key, FIRMWARE_KEY, MBPF_KEY_BYTES);
    if (*CONFIG_MICROBPF_ADMINISTRATOR != '\0' &&
        !_read_hex(CONFIG_MICROBPF_ADMINISTRATOR, signer.key, MBPF_KEY_BYTES)) {
        LOG_ERROR("microbpf: CONFIG_MICROBPF_ADMINISTRATOR is not 64 hexadecimal digits\n");
    }
    memcpy(_owner, signer.key, MBPF_KEY_BYTES);
    if (mbpf_device_policy(&_device, NULL, 0) == 0) {
        mbpf_error_t error;
        if (mbpf_device_set_policy(&_device, &signer, 1, &error) != MBPF_FAULT_NONE) {
            LOG_ERROR("microbpf: %s\n", mbpf_fault_name(error.fault));
        }
    }
}

static mbpf_device_config_t _config = {
    .ram = _ram,
    .ram_bytes = sizeof(_ram),
    .devices = &microbpf_devices,
    .now_us = _now_us,
    .flash = {
        .memory = _storage,
        .bytes = sizeof(_storage),
        .sector_bytes = SECTOR_SIZE,
        .erase = _erase,
        .program = _program,
        .journal_sectors = JOURNAL_SECTORS,
        .slot_sectors = SLOT_SECTORS,
    },
    .crypto.sha256 = _sha256,
    .board = RIOT_BOARD,
    .version = RIOT_VERSION,
};

static void _open(void)
{
    mbpf_helpers_t standard = mbpf_standard_helpers();
    mbpf_error_t error;

    if (!IS_USED(MODULE_MICROBPF_MTD) || !microbpf_mtd_configure(&_config.flash)) {
        memset(_storage, 0xff, sizeof(_storage));
    }
    _config.seed = random_uint32();
    if (mbpf_helpers_build(_helpers, ARRAY_SIZE(_helpers), _helper_index, &standard,
                           microbpf_helpers, XFA_LEN(mbpf_helper_t, microbpf_helpers), &_table,
                           &error) != MBPF_FAULT_NONE) {
        LOG_ERROR("microbpf: own helper %" PRIu32 ": %s\n", error.where,
                  mbpf_fault_name(error.fault));
        _table = standard;
    }
    _config.helpers = _table;
    if (IS_USED(MODULE_MICROBPF_JIT)) {
        _config.code = microbpf_code_memory();
    }
    if (IS_USED(MODULE_MICROBPF_COAP)) {
        microbpf_coap_configure(&_config);
    }
    if (mbpf_device_open(&_device, &_config, &error) != MBPF_FAULT_NONE) {
        LOG_ERROR("microbpf: %s, %" PRIu32 " bytes needed\n", mbpf_fault_name(error.fault),
                  error.allowed);
        return;
    }
    _set_policy();
    if (IS_USED(MODULE_MICROBPF_COAP)) {
        microbpf_coap_start(&_device);
    }
    if (IS_USED(MODULE_MICROBPF_LEGACY)) {
        microbpf_legacy_start();
    }
}

static mbpf_fault_t _install(const microbpf_image_t *image, mbpf_error_t *error)
{
    return mbpf_install(&_device, image->name, image->image, image->bytes, _owner, error);
}

static void _load_own(void)
{
    static mbpf_container_info_t info;

    for (size_t i = 0; i < XFA_LEN(microbpf_image_t, microbpf_images); i++) {
        mbpf_error_t error;
        if (mbpf_container_find(&_device, microbpf_images[i].name, &info)) {
            continue;  /* It outlived the restart. */
        }
        if (_install(&microbpf_images[i], &error) != MBPF_FAULT_NONE) {
            LOG_ERROR("microbpf: %s: %s at %" PRIu32 "\n", microbpf_images[i].name,
                      mbpf_fault_name(error.fault), error.where);
        }
    }
}

static void *_thread(void *arg)
{
    (void)arg;
    event_queue_claim(&microbpf_queue);
    if (IS_USED(MODULE_MICROBPF_GPIO)) {
        microbpf_gpio_init(&microbpf_devices);
    }
    _open();
    if (CONFIG_MICROBPF_AUTOLOAD) {
        _load_own();
    }
    while (1) {
        if (IS_USED(MODULE_MICROBPF_SAUL)) {
            microbpf_saul_init(&microbpf_devices);  /* Applications add some at any time. */
        }
        uint64_t wait_us = mbpf_device_tick(&_device);
        event_t *event = wait_us ? event_wait_timeout_ztimer(&microbpf_queue, ZTIMER_USEC, wait_us)
                                 : event_get(&microbpf_queue);
        if (event) {
            event->handler(event);
        }
    }
    return NULL;
}

static void auto_init_microbpf(void)
{
    thread_create(_stack, sizeof(_stack), CONFIG_MICROBPF_PRIORITY, 0, _thread, NULL, "microbpf");
}

AUTO_INIT(auto_init_microbpf, AUTO_INIT_PRIORITY_AFTER(AUTO_INIT_PRIO_MOD_SUIT));

static void _on_call(event_t *event)
{
    call_t *call = container_of(event, call_t, super);

    call->fn(&_device, call->arg);
    mutex_unlock(&call->done);
}

void microbpf_call(microbpf_call_t fn, void *arg)
{
    call_t call = {
        .super.handler = _on_call,
        .fn = fn,
        .arg = arg,
        .done = MUTEX_INIT_LOCKED,
    };

    assert(!irq_is_in());
    event_post(&microbpf_queue, &call.super);
    mutex_lock(&call.done);
}

typedef struct {
    uint32_t hook;
    void *context;
    size_t bytes;
    mbpf_access_t access;
    mbpf_hook_result_t *result;
    uint32_t ran;
} hook_run_t;

static void _run_hook(mbpf_device_t *device, void *arg)
{
    hook_run_t *run = arg;

    run->ran = mbpf_hook_run(device, run->hook, run->context, run->bytes, run->access,
                             run->result);
}

uint32_t microbpf_hook_run(uint32_t hook, void *context, size_t bytes, mbpf_access_t access,
                           mbpf_hook_result_t *result)
{
    hook_run_t run = { hook, context, bytes, access, result, 0 };

    microbpf_call(_run_hook, &run);
    return run.ran;
}

static uint32_t _posted;

static void _on_post(event_t *event)
{
    (void)event;
    unsigned state = irq_disable();
    uint32_t posted = _posted;
    _posted = 0;
    irq_restore(state);
    for (uint32_t hook = 0; posted; hook++, posted >>= 1) {
        if (posted & 1) {
            mbpf_hook_run(&_device, hook, NULL, 0, MBPF_READ, NULL);
        }
    }
}

static event_t _post = { .handler = _on_post };

void microbpf_hook_post(uint32_t hook)
{
    assert(hook < 32);
    unsigned state = irq_disable();
    _posted |= 1UL << hook;
    irq_restore(state);
    event_post(&microbpf_queue, &_post);
}

typedef struct {
    microbpf_image_t image;
    mbpf_error_t *error;
    mbpf_fault_t fault;
} install_t;

static void _call_install(mbpf_device_t *device, void *arg)
{
    (void)device;
    install_t *install = arg;

    install->fault = _install(&install->image, install->error);
}

mbpf_fault_t microbpf_install(const char *name, const void *image, size_t bytes,
                              mbpf_error_t *error)
{
    install_t install = { { name, image, bytes }, error, MBPF_FAULT_NONE };

    microbpf_call(_call_install, &install);
    return install.fault;
}

mbpf_fault_t microbpf_install_own(const char *name, mbpf_error_t *error)
{
    for (size_t i = 0; i < XFA_LEN(microbpf_image_t, microbpf_images); i++) {
        if (strcmp(microbpf_images[i].name, name) == 0) {
            return microbpf_install(name, microbpf_images[i].image, microbpf_images[i].bytes,
                                    error);
        }
    }
    if (error) {
        *error = (mbpf_error_t){ .fault = MBPF_FAULT_CONTAINER_UNKNOWN };
    }
    return MBPF_FAULT_CONTAINER_UNKNOWN;
}

/** @} */
