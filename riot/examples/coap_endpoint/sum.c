// SPDX-License-Identifier: MIT
// Answers requests to /c/sum with the sum of the bytes of their payload.
//
// hook: coap/sum
// grant: none

#include "mbpf.h"

SEC("coap/sum")
int sum(struct mbpf_buffer* payload, uint64_t bytes) {
    uint32_t total = 0;
    for (uint32_t i = 0; i < bytes; ++i) {
        total += payload->bytes[i];
    }
    return (int)total;
}
