// SPDX-License-Identifier: MIT
// What images ask of a device: hooks and keys as people write them, and as images hold them.
#include <gtest/gtest.h>

#include "toolkit/package/hook.hpp"
#include "toolkit/package/keys.hpp"

namespace mbpf::test {
namespace {

namespace package = toolkit::package;
using container::HookKind;
using package::Hook;

std::optional<Hook> section(std::string_view name) {
    std::optional<package::Parsed> const parsed = package::parse_section(name);
    Hook const* const hook = parsed ? std::get_if<Hook>(&*parsed) : nullptr;
    return hook == nullptr ? std::nullopt : std::optional{*hook};
}

bool is_refused(std::string_view name) {
    std::optional<package::Parsed> const parsed = package::parse_section(name);
    return parsed && std::holds_alternative<std::string>(*parsed);
}

TEST(HookSection, NamesEachKind) {
    EXPECT_EQ(section("boot"), (Hook{.kind = HookKind::Boot}));
    EXPECT_EQ(section("boot@2"), (Hook{.kind = HookKind::Boot, .order = 2}));
    EXPECT_EQ(section("timer/500ms"), (Hook{.kind = HookKind::Period, .number = 500}));
    EXPECT_EQ(section("timer/2s@255"),
              (Hook{.kind = HookKind::Period, .order = 255, .number = 2000}));
    EXPECT_EQ(section("timer/3000us"), (Hook{.kind = HookKind::Period, .number = 3}));
    EXPECT_EQ(section("coap/sensors/temp@1"),
              (Hook{.kind = HookKind::Request, .order = 1, .path = "sensors/temp"}));
    EXPECT_EQ(section("coap_packet/x"), (Hook{.kind = HookKind::CoapPacket, .path = "x"}));
    EXPECT_EQ(section("event/7"), (Hook{.kind = HookKind::Event, .number = 7}));
    EXPECT_EQ(section("event/4294967295@0"),
              (Hook{.kind = HookKind::Event, .number = 0xffff'ffff}));
}

TEST(HookSection, LeavesOtherSectionsAlone) {
    for (char const* const name :
         {"", ".text", "socket", "xdp", "timers/1s", "boots", "coap_x/a"}) {
        EXPECT_FALSE(package::parse_section(name).has_value()) << name;
    }
}

TEST(HookSection, RefusesWhatMakesNoSense) {
    for (char const* const name : {"boot/now",
                                   "boot@",
                                   "boot@256",
                                   "boot@x",
                                   "timer",
                                   "timer/",
                                   "timer/500",
                                   "timer/ms",
                                   "timer/0ms",
                                   "timer/1us",
                                   "timer/1500us",
                                   "timer/-1s",
                                   "timer/1.5s",
                                   "timer/1s ",
                                   "timer/4294967296ms",
                                   "timer/99999999999999999999s",
                                   "timer/4294968s",
                                   "timer/5m",
                                   "coap",
                                   "coap/",
                                   "coap//",
                                   "coap/a b",
                                   "coap/a%20b",
                                   "coap/\xc3\xa4",
                                   "coap/1234567890123456789012345678901234567890123456789",
                                   "coap_packet",
                                   "event",
                                   "event/",
                                   "event/x",
                                   "event/4294967296",
                                   "event/-1",
                                   "event/1@-1",
                                   "event/1@1@300"}) {
        EXPECT_TRUE(is_refused(name)) << name;
    }
}

TEST(Hooks, AreInTheImageAsTheyWere) {
    std::vector<Hook> const hooks{{.kind = HookKind::Boot, .order = 9},
                                  {.kind = HookKind::Request, .path = "a/b"},
                                  {.kind = HookKind::Period, .order = 1, .number = 70'000},
                                  {.kind = HookKind::CoapPacket, .path = "long.path-_~"}};
    std::vector<std::byte> const section = package::encode_hooks(hooks);
    program::Program program;
    program.hooks = section;
    Result<container::Hooks> const read = container::Hooks::read(program);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(package::hooks_of(*read), hooks);
    EXPECT_TRUE(package::encode_hooks({}).empty());
}

TEST(Hooks, AreNamedAsSectionsName) {
    for (unsigned kind = 1; kind <= 5; ++kind) {
        EXPECT_EQ(package::kind_named(package::name_of(HookKind(kind))), HookKind(kind));
    }
    EXPECT_FALSE(package::kind_named("unknown").has_value());
}

TEST(Keys, AreRangesWithAnAccess) {
    std::optional<std::vector<program::KeyRange>> const ranges =
        package::parse_keys("0-9:rw,16:r,0x20-0xffffffff:w,3:wk,4:rwk,0-7:own,1:rwk+own");
    ASSERT_TRUE(ranges.has_value());
    std::string text;
    for (program::KeyRange const& range : *ranges) {
        text += package::keys_text(range) + " ";
    }
    EXPECT_EQ(text, "0-9:rw 16:r 32-4294967295:w 3:wk 4:rwk 0-7:own 1:rwk+own ");
    EXPECT_EQ(package::keys_text(package::parse_keys("all")->at(0)), "0-4294967295:rw");
}

TEST(Keys, AreNothingElse) {
    for (char const* const text :
         {"", "1", "1:", ":rw", "1:x", "1:wr", "1:k", "1:rk", "1:o", "2-1:r", "1-:r", "-1:r",
          "1:r,", ",1:r", "1:r 2:r", "4294967296:r", "0-4294967296:r"}) {
        EXPECT_FALSE(package::parse_keys(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace mbpf::test
