// SPDX-License-Identifier: MIT
// Firmware looks into the maps of a program that clang made (programs/maps.c), and of one that has
// written over all of their memory.
#include <string.h>

#include "check.h"
#include "mbpf.h"
#include "programs/maps.h"

enum { SUMS = 0, WORDS = 1, NEWS = 2, MAPS = 3 };
enum { COUNT = 0, PUT = 1, SCRIBBLE = 2 };  // Entries
enum { ENTRIES = 4, RING_BYTES = 64, MAP_BYTES = 2 * 8 + ENTRIES * 24 + 8 + RING_BYTES };
enum { IS_DISCARDED = 1 << 16, IS_OPEN = 1 << 17, CANARY = 0xa5 };

typedef struct {
    uint32_t times;
    uint16_t last_index;
    uint8_t name[5];
} seen_t;

static mbpf_program_t program;
static mbpf_instance_t instance;
static mbpf_environment_t environment;
static ALIGNED_16 unsigned char memory[2048];

// Behind the stack, which ends at a multiple of 16; there are 8 bytes for that.
static size_t maps_at(void) {
    return (mbpf_memory_bytes(&program) - MAP_BYTES - 8 + 15) & ~(size_t)15;
}

static void prepare(void) {
    mbpf_helpers_t helpers = mbpf_standard_helpers();
    mbpf_policy_t policy = mbpf_policy_default();
    mbpf_environment_config_t nothing;
    memset(&nothing, 0, sizeof nothing);
    mbpf_environment_init(&environment, &nothing);
    CHECK_EQUAL(mbpf_open_image(&program, maps_image, sizeof maps_image, NULL), 0);
    CHECK_EQUAL(mbpf_verify(&program, &helpers, &policy, NULL, 0, NULL), 0);
    CHECK_EQUAL(mbpf_prepare(&instance, &program, memory, sizeof memory, &helpers, NULL), 0);
    CHECK_EQUAL(mbpf_attach(&instance, &environment, NULL), 0);
}

// Runs an entry on words. Returns its result.
static uint64_t run(uint32_t entry, const uint32_t* words, uint32_t bytes) {
    mbpf_outcome_t outcome;
    CHECK_EQUAL(mbpf_set_context(&instance, words, bytes, MBPF_READ, NULL), 0);
    CHECK_EQUAL(mbpf_run(&instance, entry, 100000, &outcome, NULL), 0);
    CHECK_EQUAL(outcome.trap, MBPF_TRAP_NONE);
    return outcome.result;
}

static mbpf_map_t opened(uint32_t number) {
    mbpf_map_t map;
    CHECK_EQUAL(mbpf_map_open(&map, &instance, number, NULL), MBPF_FAULT_NONE);
    return map;
}

static void check_refusal(const mbpf_error_t* error, mbpf_map_part_t part, uint32_t found,
                          uint32_t allowed) {
    CHECK_EQUAL(error->fault, MBPF_FAULT_MAP_UNKNOWN);
    CHECK_EQUAL(error->where, part);
    CHECK_EQUAL(error->found, found);
    CHECK_EQUAL(error->allowed, allowed);
}

static void maps_are_found_by_number_and_name(void) {
    static const mbpf_map_info_t expected[MAPS] = {
        {MBPF_MAP_ARRAY, 4, 4, 2},
        {MBPF_MAP_HASH, 4, sizeof(seen_t), ENTRIES},
        {MBPF_MAP_RING_BUFFER, 0, 0, RING_BYTES},
    };
    static const char* const names[MAPS] = {"sums", "words", "news"};
    static ALIGNED_8 uint8_t copy[sizeof maps_image];
    mbpf_instance_t unprepared;
    mbpf_error_t error;
    mbpf_map_t map;
    mbpf_map_info_t info;
    prepare();
    for (uint32_t i = 0; i < MAPS; ++i) {
        map = opened(mbpf_map_find(maps_image, sizeof maps_image, names[i]));
        mbpf_map_describe(&map, &info);
        CHECK_EQUAL(info.kind, expected[i].kind);
        CHECK_EQUAL(info.key_bytes, expected[i].key_bytes);
        CHECK_EQUAL(info.value_bytes, expected[i].value_bytes);
        CHECK_EQUAL(info.max_entries, expected[i].max_entries);
    }
    for (uint32_t i = MAPS; i != 0; i = i == MAPS ? MBPF_NO_MAP : 0) {
        CHECK_EQUAL(mbpf_map_open(&map, &instance, i, &error), MBPF_FAULT_MAP_UNKNOWN);
        check_refusal(&error, MBPF_MAP_NUMBER, i, MAPS);
        mbpf_map_describe(&map, &info);
        CHECK_EQUAL(info.kind, 0);
    }
    CHECK_EQUAL(mbpf_map_find(maps_image, sizeof maps_image, "word"), MBPF_NO_MAP);
    CHECK_EQUAL(mbpf_map_find(maps_image, sizeof maps_image, ""), MBPF_NO_MAP);
    CHECK_EQUAL(mbpf_map_find(maps_image, sizeof maps_image, NULL), MBPF_NO_MAP);
    memcpy(copy, maps_image, sizeof copy);
    for (size_t size = 0; size < sizeof copy; ++size) {
        CHECK_EQUAL(mbpf_map_find(copy, size, "words"), MBPF_NO_MAP);  // It does not open.
    }
    copy[sizeof copy - 1] = 'x';  // The last name lacks its NUL.
    CHECK_EQUAL(mbpf_map_find(copy, sizeof copy, "words"), WORDS);
    CHECK_EQUAL(mbpf_map_find(copy, sizeof copy, "news"), MBPF_NO_MAP);
    memset(&unprepared, 0, sizeof unprepared);
    CHECK_EQUAL(mbpf_map_open(&map, &unprepared, 0, NULL), MBPF_FAULT_ENTRY_NOT_VERIFIED);
    mbpf_attach_own(&instance, NULL);  // Maps are of the program, not of the environment.
    CHECK_EQUAL(mbpf_map_open(&map, &instance, 0, NULL), MBPF_FAULT_NONE);
    memset(&instance, 0, sizeof instance);  // It goes away.
    CHECK_EQUAL(mbpf_map_delete(&map, NULL, 0, NULL), MBPF_FAULT_ENTRY_NOT_VERIFIED);
    mbpf_map_describe(&map, &info);
    CHECK_EQUAL(info.kind, 0);
}

static void arrays_and_hashes_are_shared(void) {
    static const uint32_t given[] = {7, 5, 7, 10, 7};
    mbpf_map_t sums, words;
    mbpf_error_t error;
    seen_t seen;
    uint32_t key, sum, position = 0, found = 0, count = 0;
    prepare();
    sums = opened(SUMS);
    words = opened(WORDS);
    CHECK_EQUAL(run(COUNT, given, sizeof given), 5);
    key = 1;
    CHECK_EQUAL(mbpf_map_lookup(&sums, &key, 4, &sum, 4, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(sum, 26);
    sum = 100;
    CHECK_EQUAL(mbpf_map_update(&sums, &key, 4, &sum, 4, MBPF_UPDATE_EXISTING, NULL), 0);
    CHECK_EQUAL(mbpf_map_update(&sums, &key, 4, &sum, 4, MBPF_UPDATE_NEW, NULL),
                MBPF_FAULT_MAP_ENTRY_EXISTS);
    key = 2;
    CHECK_EQUAL(mbpf_map_update(&sums, &key, 4, &sum, 4, MBPF_UPDATE_ANY, NULL),
                MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(mbpf_map_lookup(&sums, &key, 4, &sum, 4, NULL), MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    while (mbpf_map_next_key(&sums, &position, &key, 4, NULL) == MBPF_FAULT_NONE) {
        CHECK_EQUAL(key, count++);
    }
    CHECK_EQUAL(count, 2);

    key = 7;
    CHECK_EQUAL(mbpf_map_lookup(&words, &key, 4, &seen, sizeof seen, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(seen.times, 3);
    CHECK_EQUAL(seen.last_index, 4);
    CHECK_EQUAL(memcmp(seen.name, "word", 5), 0);
    key = 8;
    CHECK_EQUAL(mbpf_map_lookup(&words, &key, 4, &seen, sizeof seen, &error),
                MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(mbpf_map_update(&words, &key, 4, &seen, sizeof seen, MBPF_UPDATE_EXISTING, NULL),
                MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(mbpf_map_update(&words, &key, 4, &seen, sizeof seen, MBPF_UPDATE_NEW, NULL), 0);
    CHECK_EQUAL(mbpf_map_update(&words, &key, 4, &seen, sizeof seen, MBPF_UPDATE_NEW, NULL),
                MBPF_FAULT_MAP_ENTRY_EXISTS);
    key = 9;  // 5, 7, 8 and 10 are there.
    CHECK_EQUAL(mbpf_map_update(&words, &key, 4, &seen, sizeof seen, MBPF_UPDATE_ANY, &error),
                MBPF_FAULT_MAP_FULL);
    CHECK_EQUAL(error.allowed, ENTRIES);
    count = 0;
    for (position = 0; mbpf_map_next_key(&words, &position, &key, 4, &error) == 0; ++count) {
        found |= 1u << key;
        CHECK_EQUAL(mbpf_map_delete(&words, &key, 4, NULL), MBPF_FAULT_NONE);
    }
    CHECK_EQUAL(error.fault, MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(count, ENTRIES);
    CHECK_EQUAL(found, 1u << 5 | 1u << 7 | 1u << 8 | 1u << 10);
    position = 0;
    CHECK_EQUAL(mbpf_map_next_key(&words, &position, &key, 4, NULL), MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(mbpf_map_next_key(&words, &position, &key, 4, NULL), MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(mbpf_map_delete(&words, &key, 4, NULL), MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(run(COUNT, given, 4), 1);  // The program finds what firmware has left.
    key = 1;
    CHECK_EQUAL(mbpf_map_lookup(&sums, &key, 4, &sum, 4, NULL), MBPF_FAULT_NONE);
    CHECK_EQUAL(sum, 107);
}

static void records_are_taken_out(void) {
    static const uint32_t given[] = {4 | IS_DISCARDED, 5, 9 | IS_DISCARDED, 1, 0 | IS_OPEN, 2};
    static const uint32_t next[] = {16};
    uint8_t record[16];
    size_t bytes;
    mbpf_error_t error;
    mbpf_map_t news;
    prepare();
    news = opened(NEWS);
    CHECK_EQUAL(mbpf_map_take(&news, record, sizeof record, &bytes, NULL),
                MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(bytes, 0);
    CHECK_EQUAL(run(PUT, given, sizeof given), 3);  // 16 + 16 + 24 bytes, and no room behind.
    CHECK_EQUAL(mbpf_map_take(&news, record, 4, &bytes, &error), MBPF_FAULT_OUTPUT_TOO_SMALL);
    CHECK_EQUAL(bytes, 5);
    CHECK_EQUAL(error.allowed, 5);
    CHECK_EQUAL(mbpf_map_take(&news, record, 5, &bytes, NULL), MBPF_FAULT_NONE);  // It stayed.
    CHECK_EQUAL(bytes, 5);
    CHECK_EQUAL(record[0] + record[4], 6);
    CHECK_EQUAL(run(PUT, given + 3, 12), 3);  // The last is submitted, behind one that is open.
    CHECK_EQUAL(mbpf_map_take(&news, NULL, 0, &bytes, NULL), MBPF_FAULT_NONE);  // Unseen.
    CHECK_EQUAL(bytes, 1);
    CHECK_EQUAL(mbpf_map_take(&news, record, sizeof record, &bytes, NULL),
                MBPF_FAULT_MAP_ENTRY_UNKNOWN);
    CHECK_EQUAL(bytes, 0);
    prepare();
    for (int i = 0; i < 100; ++i) {  // Round the end, many times.
        CHECK_EQUAL(run(PUT, next, sizeof next), 1);
        CHECK_EQUAL(mbpf_map_take(&news, record, sizeof record, &bytes, NULL), MBPF_FAULT_NONE);
        CHECK_EQUAL(bytes, 16);
    }
    CHECK_EQUAL(run(PUT, given + 4, 4), 1);  // Nobody knows of it: 0 bytes, and open.
    CHECK_EQUAL(mbpf_map_take(&news, NULL, 0, &bytes, NULL), MBPF_FAULT_MAP_ENTRY_UNKNOWN);
}

// Whatever is asked of a map that it is not, nothing is touched.
static void what_a_map_is_not_is_refused(void) {
    uint8_t key[8] = {0};
    uint8_t value[sizeof(seen_t)];
    uint32_t position = 0;
    size_t bytes;
    mbpf_error_t error;
    mbpf_map_t closed, sums, words, news;
    prepare();
    memset(value, CANARY, sizeof value);
    memset(&closed, 0, sizeof closed);
    sums = opened(SUMS);
    words = opened(WORDS);
    news = opened(NEWS);
    for (size_t i = 0; i <= sizeof key; i == 3 ? i += 2 : ++i) {
        CHECK_EQUAL(mbpf_map_lookup(&words, key, i, value, sizeof value, &error), 64);
        check_refusal(&error, MBPF_MAP_KEY, (uint32_t)i, 4);
        CHECK_EQUAL(mbpf_map_update(&words, key, i, value, sizeof value, MBPF_UPDATE_ANY, NULL),
                    MBPF_FAULT_MAP_UNKNOWN);
        CHECK_EQUAL(mbpf_map_delete(&words, key, i, NULL), MBPF_FAULT_MAP_UNKNOWN);
        CHECK_EQUAL(mbpf_map_next_key(&words, &position, key, i, NULL), MBPF_FAULT_MAP_UNKNOWN);
        CHECK_EQUAL(mbpf_map_lookup(&sums, key, 4, value, i, &error), MBPF_FAULT_MAP_UNKNOWN);
        check_refusal(&error, MBPF_MAP_VALUE, (uint32_t)i, 4);
        CHECK_EQUAL(mbpf_map_update(&sums, key, 4, value, i, MBPF_UPDATE_ANY, NULL), 64);
    }
    CHECK_EQUAL(mbpf_map_delete(&sums, key, 4, &error), MBPF_FAULT_MAP_UNKNOWN);
    check_refusal(&error, MBPF_MAP_KIND, MBPF_MAP_HASH, MBPF_MAP_ARRAY);
    CHECK_EQUAL(mbpf_map_take(&words, value, sizeof value, &bytes, &error), 64);
    check_refusal(&error, MBPF_MAP_KIND, MBPF_MAP_RING_BUFFER, MBPF_MAP_HASH);
    CHECK_EQUAL(bytes, 0);
    CHECK_EQUAL(mbpf_map_lookup(&news, key, 0, value, 0, &error), MBPF_FAULT_MAP_UNKNOWN);
    check_refusal(&error, MBPF_MAP_KIND, MBPF_MAP_HASH, MBPF_MAP_RING_BUFFER);
    CHECK_EQUAL(mbpf_map_update(&news, key, 0, value, 0, MBPF_UPDATE_ANY, NULL), 64);
    CHECK_EQUAL(mbpf_map_next_key(&news, &position, key, 0, NULL), MBPF_FAULT_MAP_UNKNOWN);
    CHECK_EQUAL(mbpf_map_delete(&news, key, 0, NULL), MBPF_FAULT_MAP_UNKNOWN);
    CHECK_EQUAL(mbpf_map_lookup(&closed, key, 0, value, 0, &error), MBPF_FAULT_MAP_UNKNOWN);
    check_refusal(&error, MBPF_MAP_NUMBER, 0, 0);
    CHECK_EQUAL(mbpf_map_delete(&closed, key, 0, NULL), MBPF_FAULT_MAP_UNKNOWN);
    CHECK_EQUAL(mbpf_map_take(&closed, value, sizeof value, &bytes, NULL), 64);
    for (size_t i = 0; i < sizeof value; ++i) {
        CHECK_EQUAL(value[i], CANARY);
    }
    for (size_t i = maps_at(); i < sizeof memory; ++i) {
        CHECK_EQUAL(memory[i], 0);
    }
}

static uint32_t random_word(void) {
    static uint32_t state = 2463534242u;  // xorshift
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

// The program's word for what its maps hold: random, or near what is right.
static void scribble(int kind) {
    uint32_t words[MAP_BYTES / 4];
    for (uint32_t i = 0; i < MAP_BYTES / 4; ++i) {
        uint32_t word = random_word();
        words[i] = kind == 0 ? word : kind == 1 ? UINT32_MAX : word >> word % 32 & ~7u;
    }
    CHECK_EQUAL(run(SCRIBBLE, words, sizeof words), MAP_BYTES / 8);
    CHECK_EQUAL(memcmp(memory + maps_at(), words, MAP_BYTES), 0);
}

// Every call ends, within the memory of its map and the buffers that it was given.
static void hostile_memory_is_not_believed(void) {
    struct {
        uint8_t before[8], bytes[RING_BYTES], behind[8];
    } room;
    uint32_t key, position;
    size_t bytes;
    unsigned taken = 0, found = 0;
    mbpf_map_t words, news;
    prepare();
    words = opened(WORDS);
    news = opened(NEWS);
    for (int i = 0; i < 3000; ++i) {
        unsigned keys = 0, records = 0;
        uint8_t around[2][sizeof memory];
        scribble(i % 3);
        memset(&room, CANARY, sizeof room);
        memcpy(around[0], memory, sizeof memory);
        for (position = 0; mbpf_map_next_key(&words, &position, &key, 4, NULL) == 0; ++keys) {
            found += mbpf_map_lookup(&words, &key, 4, room.bytes, sizeof(seen_t), NULL) == 0;
        }
        CHECK(keys <= ENTRIES);
        while (mbpf_map_take(&news, room.bytes, sizeof room.bytes, &bytes, NULL) == 0) {
            CHECK(bytes <= RING_BYTES - 8);
            ++records;
        }
        CHECK(records <= RING_BYTES / 8);
        taken += records;
        key = random_word();
        (void)mbpf_map_update(&words, &key, 4, room.bytes, sizeof(seen_t), MBPF_UPDATE_ANY, NULL);
        (void)mbpf_map_delete(&words, &key, 4, NULL);
        for (int j = 0; j < 8; ++j) {
            CHECK(room.before[j] == CANARY && room.behind[j] == CANARY);
        }
        memcpy(around[1], memory, sizeof memory);
        for (size_t j = 0; j < sizeof memory; ++j) {  // The hash, and the positions of the ring.
            size_t at = j - maps_at();
            CHECK((at >= 16 && at < MAP_BYTES - RING_BYTES) || around[0][j] == around[1][j]);
        }
    }
    CHECK(taken > 0 && found == 0);  // Some looks like records; tags have to fit.
    prepare();
    CHECK_EQUAL(mbpf_map_take(&news, NULL, 0, &bytes, NULL), MBPF_FAULT_MAP_ENTRY_UNKNOWN);
}

void test_maps(void) {
    maps_are_found_by_number_and_name();
    arrays_and_hashes_are_shared();
    records_are_taken_out();
    what_a_map_is_not_is_refused();
    hostile_memory_is_not_believed();
}
