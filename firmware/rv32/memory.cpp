// SPDX-License-Identifier: MIT
// The functions on memory that compilers call (C17, 7.24): there is no C library here.
#include <cstddef>

extern "C" {

void* memcpy(void* to, void const* from, std::size_t bytes) {
    auto* const out = static_cast<unsigned char*>(to);
    auto const* const in = static_cast<unsigned char const*>(from);
    for (std::size_t i = 0; i < bytes; ++i) {
        out[i] = in[i];
    }
    return to;
}

void* memmove(void* to, void const* from, std::size_t bytes) {
    auto* const out = static_cast<unsigned char*>(to);
    auto const* const in = static_cast<unsigned char const*>(from);
    if (out < in) {
        return memcpy(to, from, bytes);
    }
    for (std::size_t i = bytes; i-- != 0;) {
        out[i] = in[i];
    }
    return to;
}

void* memset(void* to, int value, std::size_t bytes) {
    auto* const out = static_cast<unsigned char*>(to);
    for (std::size_t i = 0; i < bytes; ++i) {
        out[i] = static_cast<unsigned char>(value);
    }
    return to;
}

int memcmp(void const* a, void const* b, std::size_t bytes) {
    auto const* const first = static_cast<unsigned char const*>(a);
    auto const* const second = static_cast<unsigned char const*>(b);
    for (std::size_t i = 0; i < bytes; ++i) {
        if (first[i] != second[i]) {
            return first[i] < second[i] ? -1 : 1;
        }
    }
    return 0;
}

void* memchr(void const* in, int value, std::size_t bytes) {
    auto const* const at = static_cast<unsigned char const*>(in);
    for (std::size_t i = 0; i < bytes; ++i) {
        if (at[i] == static_cast<unsigned char>(value)) {
            return const_cast<unsigned char*>(at + i);
        }
    }
    return nullptr;
}
}
