// SPDX-License-Identifier: MIT
#include "runner/signatures.hpp"

#include "mbpf/jit/jit.hpp"

namespace mbpf::runner {

namespace {

using machine::Instance;

constexpr HelperId id_of(Signature helper) { return HelperId{std::uint32_t(helper)}; }

std::uint32_t mix(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d,
                  std::uint32_t e) {
    return a + 3 * b + 5 * c + 7 * d + 11 * e;
}

std::int32_t fetch(std::uint32_t key, void* out) {
    std::uint32_t const value = key * 2654435761u;
    __builtin_memcpy(out, &value, sizeof value);
    return key % 2 == 0 ? 0 : -1;
}

std::uint32_t text_size(char const* text) {
    std::uint32_t size = 0;
    while (text[size] != '\0') {
        ++size;
    }
    return size;
}

std::uint32_t copy(void* to, void const* from, std::uint32_t bytes) {
    if (bytes != 0) {
        __builtin_memmove(to, from, bytes);
    }
    return bytes;
}

void fail_if_odd(Instance& instance, std::uint64_t value) {
    if (value % 2 != 0) {
        instance.fail_helper();
    }
}

std::uint64_t multiply(std::uint64_t a, std::uint64_t b) { return a * b; }

std::uint8_t sum(std::uint8_t const* bytes) {
    unsigned total = 0;
    for (int i = 0; i < 8; ++i) {
        total += bytes[i];
    }
    return std::uint8_t(total);
}

std::uint32_t fill_last(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint8_t value,
                        void* out) {
    __builtin_memset(out, value, 8);
    return a ^ b ^ c;
}

// How far the stack is from where calls must have it.
[[gnu::noinline]] std::uint32_t misalignment() {
    std::uint32_t at = 0;
    if constexpr (jit::is_native) {
        asm volatile("mov %0, sp" : "=r"(at));
    }
    return at % 8;
}

std::int8_t narrow(std::int8_t value) { return value; }

constexpr auto list = machine::HelperList{{
    machine::helper<mix>(id_of(Signature::Mix), machine::scalar, machine::scalar, machine::scalar,
                         machine::scalar, machine::scalar),
    machine::helper<fetch>(id_of(Signature::Fetch), machine::scalar, machine::writable(4)),
    machine::helper<text_size>(id_of(Signature::TextSize), machine::text),
    machine::helper<copy>(id_of(Signature::Copy), machine::writable_sized_by(3),
                          machine::readable_sized_by(3), machine::scalar),
    machine::helper<fail_if_odd>(id_of(Signature::FailIfOdd), machine::scalar),
    machine::helper<multiply>(id_of(Signature::Multiply), machine::scalar, machine::scalar),
    machine::helper<sum>(id_of(Signature::Sum), machine::readable(8)),
    machine::helper<fill_last>(id_of(Signature::FillLast), machine::scalar, machine::scalar,
                               machine::scalar, machine::scalar, machine::writable(8)),
    machine::helper<misalignment>(id_of(Signature::Misalignment)),
    machine::helper<narrow>(id_of(Signature::Narrow), machine::scalar),
}};

}  // namespace

machine::HelperTable signatures() { return list.table(); }

}  // namespace mbpf::runner
