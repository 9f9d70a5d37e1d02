// SPDX-License-Identifier: MIT
#include "tests/support/test_helpers.hpp"

#include <cstring>

namespace mbpf::test {

namespace {

using machine::Instance;

constexpr HelperId id_of(TestHelper helper) { return HelperId{std::uint32_t(helper)}; }

std::uint32_t mix(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d,
                  std::uint32_t e) {
    return a + 3 * b + 5 * c + 7 * d + 11 * e;
}

std::int32_t fetch(std::uint32_t key, void* out) {
    std::uint32_t const value = key * 2654435761u;
    std::memcpy(out, &value, sizeof value);
    return key % 2 == 0 ? 0 : -1;
}

std::uint32_t text_size(char const* text) { return std::uint32_t(std::strlen(text)); }

std::uint32_t copy(void* to, void const* from, std::uint32_t bytes) {
    if (bytes != 0) {
        std::memmove(to, from, bytes);
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
    std::memset(out, value, 8);
    return a ^ b ^ c;
}

std::int8_t narrow(std::int8_t value) { return value; }

constexpr auto list = machine::HelperList{{
    machine::helper<mix>(id_of(TestHelper::Mix), machine::scalar, machine::scalar, machine::scalar,
                         machine::scalar, machine::scalar),
    machine::helper<fetch>(id_of(TestHelper::Fetch), machine::scalar, machine::writable(4)),
    machine::helper<text_size>(id_of(TestHelper::TextSize), machine::text),
    machine::helper<copy>(id_of(TestHelper::Copy), machine::writable_sized_by(3),
                          machine::readable_sized_by(3), machine::scalar),
    machine::helper<fail_if_odd>(id_of(TestHelper::FailIfOdd), machine::scalar),
    machine::helper<multiply>(id_of(TestHelper::Multiply), machine::scalar, machine::scalar),
    machine::helper<sum>(id_of(TestHelper::Sum), machine::readable(8)),
    machine::helper<fill_last>(id_of(TestHelper::FillLast), machine::scalar, machine::scalar,
                               machine::scalar, machine::scalar, machine::writable(8)),
    machine::helper<narrow>(id_of(TestHelper::Narrow), machine::scalar),
}};

using Rule = GuestHelper::Rule;
using Arguments = GuestHelper::Arguments;
using Answer = std::optional<std::uint64_t>;

std::map<std::uint32_t, GuestHelper> build_models() {
    std::map<std::uint32_t, GuestHelper> models;
    auto const add = [&](TestHelper id, std::array<Rule, 5> rules, auto call) {
        models[std::uint32_t(id)] = {rules, call};
    };
    Rule const any{};
    Rule const text{Rule::Kind::Text, 0, 0};
    add(TestHelper::Mix, {}, [](GuestMemory&, Arguments const& a) -> Answer {
        std::uint64_t const total = a[0] + 3 * a[1] + 5 * a[2] + 7 * a[3] + 11 * a[4];
        return total & 0xffff'ffff;
    });
    add(TestHelper::Fetch, {any, Rule{Rule::Kind::Writable, 4, 0}},
        [](GuestMemory& memory, Arguments const& a) -> Answer {
            std::uint64_t const value = (a[0] & 0xffff'ffff) * 2654435761u;
            std::memcpy(memory.find(a[1], 4, false, true), &value, 4);
            return a[0] % 2 == 0 ? 0 : 0xffff'ffff;
        });
    add(TestHelper::TextSize, {text}, [](GuestMemory& memory, Arguments const& a) -> Answer {
        return std::uint64_t(memory.text_length(a[0]));
    });
    add(TestHelper::Copy, {Rule{Rule::Kind::Writable, 0, 3}, Rule{Rule::Kind::Readable, 0, 3}},
        [](GuestMemory& memory, Arguments const& a) -> Answer {
            std::uint64_t const bytes = a[2] & 0xffff'ffff;
            if (bytes != 0) {
                std::memmove(memory.find(a[0], bytes, false, true),
                             memory.find(a[1], bytes, true, false), bytes);
            }
            return bytes;
        });
    add(TestHelper::FailIfOdd, {}, [](GuestMemory&, Arguments const& a) -> Answer {
        return a[0] % 2 == 0 ? Answer{0} : Answer{};
    });
    add(TestHelper::Multiply, {},
        [](GuestMemory&, Arguments const& a) -> Answer { return a[0] * a[1]; });
    add(TestHelper::Sum, {Rule{Rule::Kind::Readable, 8, 0}},
        [](GuestMemory& memory, Arguments const& a) -> Answer {
            std::byte const* const from = memory.find(a[0], 8, true, false);
            std::uint64_t total = 0;
            for (int i = 0; i < 8; ++i) {
                total += std::uint64_t(from[i]);
            }
            return total & 0xff;
        });
    add(TestHelper::FillLast, {any, any, any, any, Rule{Rule::Kind::Writable, 8, 0}},
        [](GuestMemory& memory, Arguments const& a) -> Answer {
            std::memset(memory.find(a[4], 8, false, true), int(a[3] & 0xff), 8);
            return (a[0] ^ a[1] ^ a[2]) & 0xffff'ffff;
        });
    add(TestHelper::Narrow, {}, [](GuestMemory&, Arguments const& a) -> Answer {
        std::uint64_t const low = a[0] & 0xff;
        return low < 0x80 ? low : low + 0xffff'ff00;
    });
    return models;
}

}  // namespace

machine::HelperTable test_helpers() { return list.table(); }

std::map<std::uint32_t, GuestHelper> const& test_helper_models() {
    static std::map<std::uint32_t, GuestHelper> const models = build_models();
    return models;
}

}  // namespace mbpf::test
