// SPDX-License-Identifier: MIT
// A device that firmware in C drives: policy, installations, hooks, requests, faults, restarts.
#include <sodium.h>
#include <string.h>

#include "check.h"
#include "mbpf.h"
#include "programs/maps.h"

enum { SECTOR = 2048, SECTORS = 12, IMAGE_ROOM = 512, EVENT = 7 };

static ALIGNED_8 unsigned char storage[SECTOR * SECTORS];  // What is there without power.
static ALIGNED_8 unsigned char mirror[SECTOR * SECTORS];
static ALIGNED_8 unsigned char ram[4096];
static mbpf_device_t device;
static uint64_t time_us;
static int flash_is_broken;

static uint64_t now_us(void) { return ++time_us; }

static int read_storage(void* context, uint32_t offset, void* to, size_t bytes) {
    (void)context;
    memcpy(to, storage + offset, bytes);
    return 0;
}
static int erase_storage(void* context, uint32_t offset) {
    (void)context;
    CHECK_EQUAL(offset % SECTOR, 0);
    memset(storage + offset, 0xff, SECTOR);
    return flash_is_broken;
}
static int program_storage(void* context, uint32_t offset, const void* from, size_t bytes) {
    (void)context;
    CHECK_EQUAL(offset % 8 + bytes % 8, 0);
    if (!flash_is_broken) {
        memcpy(storage + offset, from, bytes);
    }
    return flash_is_broken;
}

static void sha256(const uint8_t* message, size_t bytes, uint8_t digest[MBPF_DIGEST_BYTES]) {
    crypto_hash_sha256(digest, message, bytes);
}
static int verify(const uint8_t key[MBPF_KEY_BYTES], const uint8_t* message, size_t bytes,
                  const uint8_t signature[MBPF_SIGNATURE_BYTES]) {
    return crypto_sign_verify_detached(signature, message, bytes, key) == 0;
}

// Thermometers, as many as there are now.
static uint8_t thermometer(void* context, uint32_t index) {
    (void)context;
    (void)index;
    return 130;
}

static mbpf_devices_t sensors;

static mbpf_device_config_t config_of(int is_mapped) {
    mbpf_device_config_t config;
    memset(&config, 0, sizeof config);
    config.ram = ram;
    config.ram_bytes = sizeof ram;
    config.helpers = mbpf_standard_helpers();
    config.now_us = now_us;
    sensors.type = thermometer;
    config.devices = &sensors;
    config.flash.memory = is_mapped ? storage : mirror;
    config.flash.bytes = sizeof storage;
    config.flash.sector_bytes = SECTOR;
    config.flash.read = is_mapped ? NULL : read_storage;
    config.flash.erase = erase_storage;
    config.flash.program = program_storage;
    config.flash.journal_sectors = 2;
    config.flash.slot_sectors = 1;
    config.crypto.sha256 = sha256;
    config.crypto.verify = verify;
    config.board = "test";
    config.version = "1";
    return config;
}

// An image with one hook, and a path for it.
static size_t image_of(uint8_t* to, const uint8_t* text, size_t text_bytes, mbpf_hook_kind_t kind,
                       uint32_t argument, const char* path) {
    size_t path_bytes = path == NULL ? 0 : strlen(path) + 1;
    size_t hooks_bytes = 12 + path_bytes;
    uint32_t words[2];
    uint32_t count = 1;
    memcpy(to, "mBPF\1\2\0\0", 8);
    words[0] = 1u | (uint32_t)text_bytes << 8;
    words[1] = 8u | (uint32_t)hooks_bytes << 8;
    memcpy(to + 8, words, sizeof words);
    memcpy(to + 16, text, text_bytes);
    to += 16 + text_bytes;
    memset(to, 0, 12);
    memcpy(to, &count, 4);
    to[4] = (uint8_t)kind;
    argument = path == NULL ? argument : 12;
    memcpy(to + 8, &argument, 4);
    if (path != NULL) {
        memcpy(to + 12, path, path_bytes);
    }
    return 16 + text_bytes + hooks_bytes;
}

static mbpf_signer_t owner(void) {
    mbpf_signer_t signer;
    memset(&signer, 0, sizeof signer);
    memset(signer.key, 0x11, sizeof signer.key);
    memset(signer.helpers, 0xff, sizeof signer.helpers);
    signer.hook_kinds = 0xff;
    return signer;
}

static mbpf_fault_t install(const char* name, const uint8_t* text, size_t bytes,
                            mbpf_hook_kind_t kind, uint32_t argument, const char* path) {
    static ALIGNED_8 uint8_t image[IMAGE_ROOM];
    mbpf_signer_t signer = owner();
    size_t size = image_of(image, text, bytes, kind, argument, path);
    return mbpf_install(&device, name, image, size, signer.key, NULL);
}

static mbpf_container_info_t info_of(const char* name) {
    mbpf_container_info_t info;
    memset(&info, 0, sizeof info);
    CHECK_EQUAL(mbpf_container_find(&device, name, &info), 1);
    return info;
}

// The first word of the context += 1; r0 = what it was.
static const uint8_t count_up[] = {LOAD_W(0, 1, 0), MOV_REG(3, 0), SLOT(0x07, 3, 0, 0, 1),
                                   STORE_W(1, 0, 3), EXIT};
static const uint8_t crash[] = {MOV_IMM(1, 64), LOAD_W(0, 1, 0), EXIT};
static const uint8_t length[] = {MOV_REG(0, 2), EXIT};
static const uint8_t greet[] = {MOV_IMM(2, 0x0a6968),
                                SLOT(0x7b, 10, 2, -8, 0),
                                MOV_REG(1, 10),
                                SLOT(0x07, 1, 0, 0, -8),
                                CALL(1),
                                EXIT};

static void starts_empty(const mbpf_device_config_t* config) {
    mbpf_signer_t signer = owner();
    mbpf_signer_t kept[2];
    mbpf_container_info_t info;
    mbpf_usage_t usage;
    memset(storage, 0xff, sizeof storage);
    CHECK_EQUAL(mbpf_device_open(&device, config, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_device_policy(&device, kept, 2), 0);
    CHECK_EQUAL(install("early", length, sizeof length, MBPF_HOOK_EVENT, EVENT, NULL),
                MBPF_FAULT_SIGNER_UNKNOWN);
    CHECK_EQUAL(mbpf_device_set_policy(&device, &signer, 0, NULL), MBPF_FAULT_POLICY_MALFORMED);
    CHECK_EQUAL(mbpf_device_set_policy(&device, &signer, 1, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_device_policy(&device, kept, 2), 1);
    CHECK_EQUAL(memcmp(kept, &signer, sizeof signer), 0);
    mbpf_device_usage(&device, &usage);
    CHECK_EQUAL(usage.ram_bytes, sizeof ram);
    CHECK_EQUAL(usage.ram_free, sizeof ram);
    CHECK_EQUAL(usage.slots, SECTORS - 4);
    CHECK_EQUAL(usage.slots_free, usage.slots);
    CHECK_EQUAL(usage.slot_bytes, SECTOR);
    CHECK_EQUAL(usage.containers, 0);
    CHECK_EQUAL(mbpf_container_at(&device, 0, &info), 0);
    CHECK_EQUAL(mbpf_container_at(&device, MBPF_MAX_CONTAINERS, &info), 0);
    CHECK_EQUAL(mbpf_container_find(&device, "nobody", &info), 0);
    CHECK_EQUAL(mbpf_hook_run(&device, EVENT, NULL, 0, MBPF_READ, NULL), 0);
}

static void hooks_run_programs(void) {
    mbpf_hook_result_t result;
    mbpf_hook_info_t hook;
    mbpf_outcome_t outcome;
    uint32_t context[1] = {41};
    CHECK_EQUAL(install("count", count_up, sizeof count_up, MBPF_HOOK_EVENT, EVENT, NULL), 0);
    CHECK_EQUAL(install("second", count_up, sizeof count_up, MBPF_HOOK_EVENT, EVENT, NULL), 0);
    CHECK_EQUAL(mbpf_hook_run(&device, EVENT, context, sizeof context, MBPF_READ_WRITE, &result),
                2);
    CHECK_EQUAL(context[0], 43);
    CHECK_EQUAL(result.ran, 2);
    CHECK_EQUAL(result.trapped, 0);
    CHECK_EQUAL(result.result, 42);
    CHECK_EQUAL(mbpf_hook_run(&device, EVENT + 1, context, sizeof context, MBPF_READ, NULL), 0);
    CHECK_EQUAL(mbpf_hook_at(&device, "count", 0, &hook), 1);
    CHECK_EQUAL(hook.kind, MBPF_HOOK_EVENT);
    CHECK_EQUAL(hook.argument, EVENT);
    CHECK_EQUAL(hook.path[0], 0);
    CHECK_EQUAL(mbpf_hook_at(&device, "count", 1, &hook), 0);
    CHECK_EQUAL(mbpf_container_run(&device, "count", 0, context, sizeof context, MBPF_READ_WRITE,
                                   &outcome, NULL),
                MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.result, 43);
    CHECK_EQUAL(context[0], 44);
    CHECK_EQUAL(mbpf_container_run(&device, "count", 1, NULL, 0, MBPF_READ, &outcome, NULL),
                MBPF_FAULT_HOOK_UNKNOWN);
    CHECK_EQUAL(mbpf_container_run(&device, "nobody", 0, NULL, 0, MBPF_READ, &outcome, NULL),
                MBPF_FAULT_CONTAINER_UNKNOWN);
    CHECK_EQUAL(info_of("count").runs, 2);
    CHECK_EQUAL(info_of("count").state, MBPF_STATE_READY);
    CHECK_EQUAL(strcmp(mbpf_state_name(info_of("count").state), "ready"), 0);
    CHECK_EQUAL(mbpf_container_remove(&device, "second", NULL), MBPF_FAULT_NONE);
}

static void a_read_only_context_stays(void) {
    mbpf_hook_result_t result;
    mbpf_container_info_t info;
    uint32_t context[1] = {41};
    CHECK_EQUAL(mbpf_hook_run(&device, EVENT, context, sizeof context, MBPF_READ, &result), 1);
    CHECK_EQUAL(result.trapped, 1);
    CHECK_EQUAL(result.result, 0);
    CHECK_EQUAL(context[0], 41);
    info = info_of("count");
    CHECK_EQUAL(info.faults, 1);
    CHECK_EQUAL(info.fault.trap, MBPF_TRAP_STORE_OUTSIDE);
    CHECK_EQUAL(info.fault.pc, 3);
    CHECK_EQUAL(info.fault.address, (uintptr_t)context);
    CHECK_EQUAL(info.state, MBPF_STATE_PAUSED);
    CHECK_EQUAL(mbpf_hook_run(&device, EVENT, context, sizeof context, MBPF_READ, NULL), 0);
    time_us += 1000000;
    (void)mbpf_device_tick(&device);
    CHECK_EQUAL(info_of("count").state, MBPF_STATE_READY);
}

static void requests_are_answered(void) {
    uint8_t room[8];
    mbpf_reply_t reply = {room, sizeof room, 0, 0, 0};
    mbpf_reply_t small = {room, 0, 0, 0, 0};
    uint8_t large[300] = {0};
    mbpf_error_t error;
    CHECK_EQUAL(install("length", length, sizeof length, MBPF_HOOK_REQUEST, 0, "a/b"), 0);
    CHECK_EQUAL(mbpf_container_call(&device, "a/b", 2, "hello", 5, &reply, NULL), 0);
    CHECK_EQUAL(reply.code, 69);  // 2.05
    CHECK_EQUAL(reply.bytes, 1);
    CHECK_EQUAL(room[0], '5');
    CHECK_EQUAL(reply.format, 0);
    CHECK_EQUAL(mbpf_container_call(&device, "a", 2, "hello", 5, &reply, NULL),
                MBPF_FAULT_HOOK_UNKNOWN);
    CHECK_EQUAL(mbpf_container_call(&device, "a/b", 2, "hello", 5, &small, &error),
                MBPF_FAULT_OUTPUT_TOO_SMALL);
    CHECK_EQUAL(error.allowed, 1);
    CHECK_EQUAL(mbpf_container_call(&device, "a/b", 2, large, sizeof large, &reply, &error),
                MBPF_FAULT_IMAGE_TOO_LARGE);
    CHECK_EQUAL(error.allowed, 256);
    CHECK_EQUAL(install("length", crash, sizeof crash, MBPF_HOOK_REQUEST, 0, "a/b"), 0);
    reply.room = sizeof room;
    {
        uint8_t said[64];
        mbpf_reply_t trap = {said, sizeof said, 0, 0, 0};
        CHECK_EQUAL(mbpf_container_call(&device, "a/b", 1, NULL, 0, &trap, NULL), 0);
        CHECK_EQUAL(trap.code, 160);  // 5.00
    }
    CHECK_EQUAL(info_of("length").fault.trap, MBPF_TRAP_LOAD_OUTSIDE);
    CHECK_EQUAL(mbpf_container_call(&device, "a/b", 1, NULL, 0, &reply, NULL),
                MBPF_FAULT_CONTAINER_STOPPED);
    CHECK_EQUAL(mbpf_container_remove(&device, "length", NULL), MBPF_FAULT_NONE);
}

static void commands_stay(const mbpf_device_config_t* config) {
    mbpf_container_info_t info;
    uint8_t digest[MBPF_DIGEST_BYTES];
    uint32_t context[1] = {0};
    CHECK_EQUAL(mbpf_container_stop(&device, "count", NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(info_of("count").state, MBPF_STATE_STOPPED);
    CHECK_EQUAL(mbpf_hook_run(&device, EVENT, context, sizeof context, MBPF_READ_WRITE, NULL), 0);
    CHECK_EQUAL(mbpf_device_open(&device, config, NULL), MBPF_FAULT_NONE);  // After a reset.
    info = info_of("count");
    CHECK_EQUAL(info.state, MBPF_STATE_STOPPED);
    sha256(storage + SECTOR * (4 + info.slot), info.image_bytes, digest);
    CHECK_EQUAL(memcmp(digest, info.digest, sizeof digest), 0);
    CHECK_EQUAL(mbpf_container_start(&device, "count", NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_hook_run(&device, EVENT, context, sizeof context, MBPF_READ_WRITE, NULL), 1);
    CHECK_EQUAL(context[0], 1);
    CHECK_EQUAL(mbpf_container_find(&device, "length", &info), 0);
    CHECK_EQUAL(mbpf_container_start(&device, "length", NULL), MBPF_FAULT_CONTAINER_UNKNOWN);
}

static void bad_images_change_nothing(void) {
    static const uint8_t endless[] = {MOV_IMM(0, 0)};
    mbpf_signer_t signer = owner();
    uint8_t other[MBPF_KEY_BYTES] = {0};
    mbpf_error_t error;
    static uint8_t zeros[SECTOR + 8];
    uint32_t before = info_of("count").sequence;
    CHECK_EQUAL(install("count", endless, sizeof endless, MBPF_HOOK_EVENT, EVENT, NULL),
                MBPF_FAULT_FALLS_OFF_END);
    CHECK_EQUAL(install("Count", length, sizeof length, MBPF_HOOK_EVENT, EVENT, NULL),
                MBPF_FAULT_NAME_MALFORMED);
    CHECK_EQUAL(mbpf_install(&device, "count", zeros, sizeof zeros, signer.key, &error),
                MBPF_FAULT_IMAGE_TOO_LARGE);
    CHECK_EQUAL(mbpf_install(&device, "count", zeros, 16, signer.key, NULL),
                MBPF_FAULT_FORMAT_UNKNOWN);
    CHECK_EQUAL(mbpf_install(&device, "count", zeros, 16, other, NULL), MBPF_FAULT_SIGNER_UNKNOWN);
    CHECK_EQUAL(mbpf_install_write(&device, zeros, 8, NULL), MBPF_FAULT_TRANSFER_BROKEN);
    CHECK_EQUAL(mbpf_install_finish(&device, "count", signer.key, NULL),
                MBPF_FAULT_TRANSFER_BROKEN);
    CHECK_EQUAL(mbpf_install_begin(&device, NULL), MBPF_FAULT_NONE);
    mbpf_install_abort(&device);
    CHECK_EQUAL(mbpf_install_write(&device, zeros, 8, NULL), MBPF_FAULT_TRANSFER_BROKEN);
    flash_is_broken = 1;
    CHECK_EQUAL(install("count", length, sizeof length, MBPF_HOOK_EVENT, EVENT, NULL),
                MBPF_FAULT_STORAGE_FAILED);
    flash_is_broken = 0;
    CHECK_EQUAL(info_of("count").sequence, before);
    CHECK_EQUAL(info_of("count").state, MBPF_STATE_READY);
}

static void pieces_make_an_image(void) {
    static ALIGNED_8 uint8_t image[IMAGE_ROOM];
    mbpf_signer_t signer = owner();
    mbpf_usage_t usage;
    uint32_t free_slots;
    size_t size = image_of(image, length, sizeof length, MBPF_HOOK_EVENT, EVENT + 1, NULL);
    mbpf_device_usage(&device, &usage);
    free_slots = usage.slots_free;
    CHECK_EQUAL(mbpf_install_begin(&device, NULL), MBPF_FAULT_NONE);
    mbpf_device_usage(&device, &usage);
    CHECK_EQUAL(usage.slots_free, free_slots - 1);  // Nobody else is given it.
    for (size_t at = 0; at < size; at += 3) {
        CHECK_EQUAL(mbpf_install_write(&device, image + at, size - at < 3 ? size - at : 3, NULL),
                    MBPF_FAULT_NONE);
    }
    CHECK_EQUAL(mbpf_install_finish(&device, "pieces", signer.key, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_hook_run(&device, EVENT + 1, image, 9, MBPF_READ, NULL), 1);
    CHECK_EQUAL(mbpf_container_remove(&device, "pieces", NULL), MBPF_FAULT_NONE);
    mbpf_device_usage(&device, &usage);
    CHECK_EQUAL(usage.slots_free, free_slots);
}

static void periods_and_the_log(void) {
    char text[64];
    uint32_t position = 0;
    uint64_t wait;
    CHECK_EQUAL(install("greet", greet, sizeof greet, MBPF_HOOK_PERIOD, 10, NULL), 0);
    wait = mbpf_device_tick(&device);
    CHECK(wait > 1000 && wait <= 10000);
    time_us += 10000;
    (void)mbpf_device_tick(&device);
    CHECK_EQUAL(info_of("greet").runs, 1);
    CHECK_EQUAL(info_of("greet").helpers[0], 1u << 1);
    memset(text, 0, sizeof text);
    CHECK_EQUAL(mbpf_device_log(&device, &position, text, 3), 3);
    CHECK_EQUAL(mbpf_device_log(&device, &position, text + 3, sizeof text - 4), 7);
    CHECK_EQUAL(strcmp(text, "greet: hi\n"), 0);
    CHECK_EQUAL(mbpf_device_log(&device, &position, text, sizeof text), 0);
    CHECK_EQUAL(mbpf_container_remove(&device, "greet", NULL), MBPF_FAULT_NONE);
}

// A board may find its sensors when programs run already.
static void sensors_may_come_late(void) {
    static const uint8_t look[] = {MOV_IMM(1, 130), CALL(0x31), EXIT};
    mbpf_hook_result_t result;
    CHECK_EQUAL(install("look", look, sizeof look, MBPF_HOOK_EVENT, EVENT + 2, NULL), 0);
    for (sensors.count = 0; sensors.count < 2; ++sensors.count) {
        CHECK_EQUAL(mbpf_hook_run(&device, EVENT + 2, NULL, 0, MBPF_READ, &result), 1);
        CHECK_EQUAL(result.result, sensors.count);  // The first, if there is one.
    }
    sensors.count = 0;
    CHECK_EQUAL(mbpf_container_remove(&device, "look", NULL), MBPF_FAULT_NONE);
}

// Those of a container are as those of a program (maps.c), and an update makes them others.
static void maps_are_of_the_container(void) {
    static const uint32_t words[] = {7, 5, 7};
    mbpf_signer_t signer = owner();
    mbpf_outcome_t outcome;
    mbpf_error_t error;
    mbpf_map_t map;
    mbpf_map_info_t info;
    uint32_t key = 7, record = 0;
    uint32_t value[3] = {0};
    size_t bytes;
    CHECK_EQUAL(mbpf_container_map(&device, "maps", 0, &map, NULL), MBPF_FAULT_CONTAINER_UNKNOWN);
    CHECK_EQUAL(mbpf_container_map_find(&device, "maps", "words"), MBPF_NO_MAP);
    CHECK_EQUAL(mbpf_install(&device, "maps", maps_image, sizeof maps_image, signer.key, NULL), 0);
    CHECK_EQUAL(mbpf_container_run(&device, "maps", 0, (void*)(uintptr_t)words, sizeof words,
                                   MBPF_READ, &outcome, NULL),
                MBPF_FAULT_NONE);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_NONE);
    CHECK_EQUAL(mbpf_container_map_find(&device, "maps", "none"), MBPF_NO_MAP);
    CHECK_EQUAL(mbpf_container_map_find(&device, "maps", "words"), 1);
    CHECK_EQUAL(mbpf_container_map(&device, "maps", 1, &map, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_map_lookup(&map, &key, 4, value, sizeof value, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(value[0], 2);
    CHECK_EQUAL(mbpf_container_map(&device, "maps", 2, &map, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_map_take(&map, &record, 4, &bytes, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(record, 7);
    CHECK_EQUAL(mbpf_container_map(&device, "maps", 3, &map, &error), MBPF_FAULT_MAP_UNKNOWN);
    CHECK_EQUAL(error.found, 3);
    CHECK_EQUAL(error.allowed, 3);
    mbpf_map_describe(&map, &info);
    CHECK_EQUAL(info.kind, 0);
    CHECK_EQUAL(mbpf_container_map(&device, "maps", 1, &map, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_install(&device, "maps", maps_image, sizeof maps_image, signer.key, NULL), 0);
    CHECK_EQUAL(mbpf_map_lookup(&map, &key, 4, value, sizeof value, NULL),
                MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(mbpf_map_update(&map, &key, 4, value, sizeof value, MBPF_UPDATE_ANY, NULL), 0);
    CHECK_EQUAL(install("maps", length, sizeof length, MBPF_HOOK_EVENT, EVENT, NULL), 0);
    CHECK_EQUAL(mbpf_map_lookup(&map, &key, 4, value, sizeof value, &error),
                MBPF_FAULT_MAP_UNKNOWN);
    CHECK_EQUAL(error.where, MBPF_MAP_NUMBER);
    CHECK_EQUAL(error.allowed, 0);
    CHECK_EQUAL(mbpf_container_map_find(&device, "maps", "words"), MBPF_NO_MAP);
    CHECK_EQUAL(mbpf_container_remove(&device, "maps", NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(mbpf_map_update(&map, &key, 4, value, sizeof value, MBPF_UPDATE_ANY, NULL),
                MBPF_FAULT_CONTAINER_UNKNOWN);
}

static void storage_of_others_is_left_alone(const mbpf_device_config_t* config) {
    mbpf_device_config_t wrong = *config;
    memset(storage, 0x5a, sizeof storage);
    CHECK_EQUAL(mbpf_device_open(&device, config, NULL), MBPF_FAULT_STORAGE_MALFORMED);
    CHECK_EQUAL(storage[0], 0x5a);
    wrong.flash.sector_bytes = 0;
    CHECK_EQUAL(mbpf_device_open(&device, &wrong, NULL), MBPF_FAULT_STORAGE_MALFORMED);
    wrong = *config;
    wrong.flash.bytes -= 1;
    CHECK_EQUAL(mbpf_device_open(&device, &wrong, NULL), MBPF_FAULT_STORAGE_MALFORMED);
}

void test_device(void) {
    CHECK(sodium_init() >= 0);
    for (int is_mapped = 0; is_mapped < 2; ++is_mapped) {
        mbpf_device_config_t config = config_of(is_mapped);
        starts_empty(&config);
        hooks_run_programs();
        a_read_only_context_stays();
        requests_are_answered();
        commands_stay(&config);
        bad_images_change_nothing();
        pieces_make_an_image();
        periods_and_the_log();
        sensors_may_come_late();
        maps_are_of_the_container();
        storage_of_others_is_left_alone(&config);
    }
}
