// SPDX-License-Identifier: MIT
// Fills its maps, makes a ring buffer of every kind of record, and writes over all of it.
// tests/capi/maps.c looks at them; tests/capi/programs/maps.h is its image.
#include "mbpf.h"

struct seen {
    uint32_t times;
    uint16_t last_index;
    uint8_t name[5];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __type(key, uint32_t);
    __type(value, uint32_t);
    __uint(max_entries, 2);
} sums SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __type(key, uint32_t);
    __type(value, struct seen);
    __uint(max_entries, 4);
} words SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 64);
} news SEC(".maps");

#define MAP_WORDS ((2 * 8 + 4 * 24 + 8 + 64) / 8)

// Sums of even and odd words, how often each word was there, and a record of every new one.
SEC("event/7")
uint64_t count(struct mbpf_words* context, uint64_t bytes) {
    for (uint32_t i = 0; i < bytes / 4; ++i) {
        uint32_t word = context->words[i];
        uint32_t is_odd = word & 1;
        uint32_t* sum = bpf_map_lookup_elem(&sums, &is_odd);
        struct seen* seen = bpf_map_lookup_elem(&words, &word);
        if (sum) {
            *sum += word;
        }
        if (seen) {
            seen->times++;
            seen->last_index = i;
        } else {
            struct seen first = {1, i, "word"};
            bpf_map_update_elem(&words, &word, &first, BPF_NOEXIST);
            bpf_ringbuf_output(&news, &word, sizeof word, 0);
        }
    }
    return bytes / 4;
}

// For each word, a record of so many bytes: discarded with bit 16, left open with bit 17.
SEC("event/8")
uint64_t put(struct mbpf_words* context, uint64_t bytes) {
    uint32_t i = 0;
    for (; i < bytes / 4; ++i) {
        uint32_t word = context->words[i];
        uint32_t size = word & 0xff;
        uint8_t* record = bpf_ringbuf_reserve(&news, size, 0);
        if (!record) {
            break;
        }
        for (uint32_t j = 0; j < size; ++j) {
            record[j] = i + j;
        }
        if (word & 1 << 16) {
            bpf_ringbuf_discard(record, 0);
        } else if (!(word & 1 << 17)) {
            bpf_ringbuf_submit(record, 0);
        }
    }
    return i;
}

// The memory of its maps is its own: all of it becomes what the context says.
SEC("event/9")
uint64_t scribble(struct mbpf_words* context, uint64_t bytes) {
    uint32_t zero = 0;
    uint64_t* memory = bpf_map_lookup_elem(&sums, &zero);
    for (uint32_t i = 0; memory && i < MAP_WORDS && i < bytes / 8; ++i) {
        memory[i] = context->words[2 * i] | (uint64_t)context->words[2 * i + 1] << 32;
    }
    return memory ? MAP_WORDS : 0;
}
