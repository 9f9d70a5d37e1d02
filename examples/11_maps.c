// SPDX-License-Identifier: MIT
// Maps: counts words of its context in a hash, their sums in an array, and puts every one that is
// new into a ring buffer. `mbpf run` shows what they hold.
//
// grant: map_lookup_elem, map_update_elem, ringbuf_output, printf
// context: 07000000 05000000 07000000 09000000 07000000
// expect: 3
// output: 7 was there 3 times

#include "mbpf.h"

struct seen {
    uint32_t times;
    uint32_t last_index;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __type(key, uint32_t);
    __type(value, struct seen);
    __uint(max_entries, 8);
} words SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __type(key, uint32_t);
    __type(value, uint64_t);
    __uint(max_entries, 2);
} sums SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 64);
} news SEC(".maps");

uint64_t maps(struct mbpf_words* context, uint64_t bytes) {
    for (uint32_t i = 0; i < bytes / 4; ++i) {
        uint32_t word = context->words[i];
        uint32_t is_odd = word & 1;
        uint64_t* sum = bpf_map_lookup_elem(&sums, &is_odd);
        if (sum) {
            *sum += word;
        }
        struct seen* seen = bpf_map_lookup_elem(&words, &word);
        if (seen) {
            seen->times++;
            seen->last_index = i;
        } else {
            struct seen first = {1, i};
            bpf_map_update_elem(&words, &word, &first, BPF_NOEXIST);
            bpf_ringbuf_output(&news, &word, sizeof word, 0);
        }
    }
    uint32_t seven = 7;
    struct seen* seen = bpf_map_lookup_elem(&words, &seven);
    if (!seen) {
        return 0;
    }
    bpf_printf("%u was there %u times\n", seven, seen->times);
    return seen->times;
}
