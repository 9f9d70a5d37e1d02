// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mbpf/container/container.hpp"

namespace mbpf::container {

namespace {

using program::HookRecord;

std::vector<std::byte> section(std::uint32_t count, std::vector<HookRecord> const& hooks,
                               std::string const& text = "") {
    std::vector<std::byte> bytes(4 + hooks.size() * program::hook_record_bytes);
    store(bytes.data(), count);
    for (std::size_t i = 0; i < hooks.size(); ++i) {
        store(bytes.data() + 4 + i * program::hook_record_bytes, hooks[i]);
    }
    Bytes const more = as_bytes(text);
    bytes.insert(bytes.end(), more.begin(), more.end());
    return bytes;
}

Fault fault_of(std::vector<std::byte> const& bytes) {
    program::Program program;  // One entry.
    program.hooks = bytes;
    Result<Hooks> const hooks = Hooks::read(program);
    return hooks.has_value() ? Fault::None : hooks.error().fault;
}

TEST(Hooks, AProgramMayHaveNone) { EXPECT_EQ(fault_of({}), Fault::None); }

TEST(Hooks, ReadsEachKind) {
    std::string const text{"a/b-1.txt\0", 10};
    std::vector<std::byte> const bytes = section(
        3,
        {{HookKind::Boot, 0, 0, 0}, {HookKind::Period, 0, 0, 500}, {HookKind::Request, 2, 0, 28}},
        text);
    program::Program program;
    program.hooks = bytes;
    Result<Hooks> const hooks = Hooks::read(program);
    ASSERT_TRUE(hooks.has_value());
    ASSERT_EQ(hooks->size(), 3u);
    EXPECT_EQ(std::uint32_t{hooks->at(1).argument}, 500u);
    EXPECT_EQ(hooks->path(hooks->at(2)), "a/b-1.txt");
    EXPECT_EQ(hooks->at(2).order, 2);
}

TEST(Hooks, RefusesWhatMakesNoSense) {
    std::string const end(1, '\0');
    auto const path = [&](std::string const& text, std::uint32_t at = 12) {
        return section(1, {{HookKind::Request, 0, 0, at}}, text);
    };
    std::vector<std::vector<std::byte>> const wrong{
        {std::byte{1}},                                                     // No room for a number.
        section(1, {}),                                                     // A record is missing.
        section(0x2000'0000, {{HookKind::Boot, 0, 0, 0}}),                  // The product wraps.
        section(5, std::vector<HookRecord>(5, {HookKind::Boot, 0, 0, 0})),  // Too many.
        section(1, {{HookKind(0), 0, 0, 0}}),
        section(1, {{HookKind(6), 0, 0, 0}}),
        section(1, {{HookKind::Boot, 0, 1, 0}}),    // There is no such entry.
        section(1, {{HookKind::Boot, 0, 0, 7}}),    // Boot has no argument.
        section(1, {{HookKind::Period, 0, 0, 0}}),  // A period of no time.
        path(""),                                   // Behind the section.
        path("abc"),                                // Without an end.
        path(end),                                  // Empty.
        path("/abc" + end),
        path("abc/" + end),
        path("a//b" + end),
        path("/" + end),
        path("a b" + end),
        path("a%20" + end),
        path("a?b" + end),
        path(std::string(49, 'a') + end),
        path("abc" + end, 0xffff'ffff),
    };
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        EXPECT_EQ(fault_of(wrong[i]), Fault::HookMalformed) << i;
    }
    EXPECT_EQ(fault_of(path(std::string(48, 'a') + end)), Fault::None);
}

TEST(Name, IsASegmentOfAPathAndAWordOfACommandLine) {
    for (std::string const good : {"a", "blink", "a-b_2", "0123456789abcdefghijklm"}) {
        EXPECT_TRUE(Name::of(good).has_value()) << good;
    }
    for (std::string const bad : {"", "A", "a b", "a/b", "ä", "a.b", "0123456789abcdefghijklmn"}) {
        EXPECT_EQ(Name::of(bad).error().fault, Fault::NameMalformed) << bad;
    }
}

TEST(Policy, RefusesRecordsThatMakeNoSense) {
    auto const fault = [](std::vector<SignerRecord> const& records, std::size_t cut = 0) {
        Bytes const bytes = std::as_bytes(std::span{records});
        Result<Policy> const policy = Policy::read(bytes.first(bytes.size() - cut));
        return policy.has_value() ? Fault::None : policy.error().fault;
    };
    EXPECT_EQ(fault({SignerRecord{}}), Fault::None);
    EXPECT_EQ(fault({}), Fault::PolicyMalformed);
    EXPECT_EQ(fault(std::vector<SignerRecord>(5)), Fault::PolicyMalformed);
    EXPECT_EQ(fault({SignerRecord{}}, 1), Fault::PolicyMalformed);
    SignerRecord record;
    record.zero = 1;
    EXPECT_EQ(fault({record}), Fault::PolicyMalformed);
    record = {};
    record.flags = 2;
    EXPECT_EQ(fault({record}), Fault::PolicyMalformed);
    record = {};
    record.key_range_count = 5;
    EXPECT_EQ(fault({record}), Fault::PolicyMalformed);
}

}  // namespace

}  // namespace mbpf::container
