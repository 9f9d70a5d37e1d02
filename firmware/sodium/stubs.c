// SPDX-License-Identifier: MIT
// What the few files of libsodium ask of the rest of it. Nothing here is secret: the firmware
// verifies signatures, and signs nothing.
#include <string.h>

#include "utils.h"

int sodium_memcmp(const void *left, const void *right, size_t bytes)
{
    return memcmp(left, right, bytes) == 0 ? 0 : -1;
}

void sodium_memzero(void *memory, size_t bytes)
{
    memset(memory, 0, bytes);
}

int sodium_is_zero(const unsigned char *bytes, const size_t size)
{
    unsigned char all = 0;
    for (size_t i = 0; i < size; ++i) {
        all |= bytes[i];
    }
    return all == 0;
}
