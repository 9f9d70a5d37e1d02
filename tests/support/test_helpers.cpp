// SPDX-License-Identifier: MIT
#include "tests/support/test_helpers.hpp"

#include <cstring>

#include "runner/runner.hpp"

namespace mbpf::test {

namespace {

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
    add(TestHelper::Misalignment, {}, [](GuestMemory&, Arguments const&) -> Answer { return 0; });
    add(TestHelper::Narrow, {}, [](GuestMemory&, Arguments const& a) -> Answer {
        std::uint64_t const low = a[0] & 0xff;
        return low < 0x80 ? low : low + 0xffff'ff00;
    });
    return models;
}

}  // namespace

machine::HelperTable test_helpers() { return runner::helpers_of(runner::Suite::Signatures); }

std::map<std::uint32_t, GuestHelper> const& test_helper_models() {
    static std::map<std::uint32_t, GuestHelper> const models = build_models();
    return models;
}

}  // namespace mbpf::test
