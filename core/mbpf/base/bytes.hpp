// SPDX-License-Identifier: MIT
// Bytes in and out of memory. Every cast between an address and an object in the core is here.
// All formats are little-endian, and so is every supported core (static_assert below).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mbpf {

static_assert(std::endian::native == std::endian::little, "eBPF objects are read in place");

using Bytes = std::span<std::byte const>;
using WritableBytes = std::span<std::byte>;

// The T that starts at `from`, at any alignment.
template <class T>
[[nodiscard]] inline T load(std::byte const* from) {
    T value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
}

// The whole records in `bytes`, read in place. Such a T is packed: it may lie at any address.
template <class T>
requires(alignof(T) == 1) [[nodiscard]] inline std::span<T const> records(Bytes bytes) {
    void const* const start = bytes.data();
    return {static_cast<T const*>(start), bytes.size() / sizeof(T)};
}

template <class T>
inline void store(std::byte* to, T value) {
    __builtin_memcpy(to, &value, sizeof value);
}

// The T at `offset`; the caller has checked that it lies inside `bytes`.
template <class T>
[[nodiscard]] inline T load(Bytes bytes, std::size_t offset) {
    return load<T>(bytes.data() + offset);
}

// Whether [offset, offset + size) lies inside a buffer of `total` bytes; no sum can wrap.
[[nodiscard]] constexpr bool fits(std::size_t offset, std::size_t size, std::size_t total) {
    return offset <= total && size <= total - offset;
}

[[nodiscard]] constexpr std::size_t align_down(std::size_t value, std::size_t alignment) {
    return value & ~(alignment - 1);
}

[[nodiscard]] constexpr std::size_t align_up(std::size_t value, std::size_t alignment) {
    return align_down(value + alignment - 1, alignment);
}

[[nodiscard]] inline std::uintptr_t address_of(void const* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer);
}

[[nodiscard]] inline std::byte* pointer_to(std::uintptr_t address) {
    return reinterpret_cast<std::byte*>(address);
}

[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<std::byte const*>(text.data()), text.size()};
}

// Out of line, and of words that fit into registers: it is called from many places.
[[nodiscard, gnu::noinline]] inline bool equal(void const* a, std::size_t a_bytes, void const* b,
                                               std::size_t b_bytes) {
    return a_bytes == b_bytes && (a_bytes == 0 || __builtin_memcmp(a, b, a_bytes) == 0);
}

[[nodiscard]] inline bool equal(Bytes a, Bytes b) {
    return equal(a.data(), a.size(), b.data(), b.size());
}

[[nodiscard]] inline bool equal(std::string_view a, std::string_view b) {
    return equal(a.data(), a.size(), b.data(), b.size());
}

}  // namespace mbpf
