// SPDX-License-Identifier: MIT
// What people type: numbers, bytes, helpers, formats.
#include <gtest/gtest.h>

#include "tests/support/hex.hpp"
#include "toolkit/explain/helper_names.hpp"
#include "toolkit/input/grants.hpp"
#include "toolkit/input/input.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::test {
namespace {

namespace input = toolkit::input;
namespace explain = toolkit::explain;

TEST(Number, IsDecimalOrHex) {
    EXPECT_EQ(input::parse_number("42"), 42u);
    EXPECT_EQ(input::parse_number("0x2A"), 42u);
    EXPECT_EQ(input::parse_number("18446744073709551615"), ~std::uint64_t{0});
}

TEST(Number, IsNothingElse) {
    for (char const* const text : {"", "0x", "-1", "4 2", "42x", "0b1", "18446744073709551616"}) {
        EXPECT_FALSE(input::parse_number(text).has_value()) << text;
    }
}

TEST(Hex, IgnoresWhatSeparatesPairs) {
    for (char const* const text :
         {"00ff7a", "0x00FF7A", "00 ff\n7a ", "00:ff,7a", "00_ff_7a", "00  ff  7a  "}) {
        std::optional<std::vector<std::byte>> const bytes = input::parse_hex(text);
        ASSERT_TRUE(bytes.has_value()) << text;
        EXPECT_EQ(input::hex_text(*bytes), "00ff7a") << text;
    }
    EXPECT_TRUE(input::parse_hex("")->empty());
}

TEST(Hex, IsWholePairsOfDigits) {
    for (char const* const text : {"0", "00f", "0g", "0 0", "zz", "00-11"}) {
        EXPECT_FALSE(input::parse_hex(text).has_value()) << text;
    }
}

TEST(HelperNames, AreAcceptedAsCodeAndReportsWriteThem) {
    for (char const* const text : {"printf", "bpf_printf", "1", "0x01", "printf#1"}) {
        EXPECT_EQ(explain::parse_helper(text), HelperId{1}) << text;
    }
    for (char const* const text : {"", "print", "256", "-1", "bpf_"}) {
        EXPECT_FALSE(explain::parse_helper(text).has_value()) << text;
    }
}

TEST(HelperNames, AreWhatHelpersReadAs) {
    EXPECT_EQ(explain::helper_text({2}), "memcpy#2");
    EXPECT_EQ(explain::helper_text({254}), "helper#254");
    for (explain::HelperName const& row : explain::helper_names) {
        EXPECT_EQ(explain::parse_helper(explain::helper_text(row.id)), row.id) << row.name;
    }
}

TEST(Grants, AreAListOrAllOrNone) {
    machine::HelperSet const some = input::parse_grants("1,memcpy,0x12");
    EXPECT_TRUE(some.contains({1}));
    EXPECT_TRUE(some.contains({2}));
    EXPECT_TRUE(some.contains({0x12}));
    EXPECT_FALSE(some.contains({3}));
    EXPECT_TRUE(input::parse_grants("all").contains({255}));
    EXPECT_FALSE(input::parse_grants("none").contains({1}));
}

TEST(Grants, NameTheHelperThatIsNotKnown) {
    for (char const* const text : {"1,nonsense", "nonsense,1", "nonsense"}) {
        try {
            (void)input::parse_grants(text);
            ADD_FAILURE() << text;
        } catch (toolkit::Failure const& failure) {
            EXPECT_EQ(failure.exit_code(), toolkit::ExitCode::Usage);
            EXPECT_EQ(failure.problem().found, "nonsense");
        }
    }
    EXPECT_THROW((void)input::parse_grants(""), toolkit::Failure);
    EXPECT_THROW((void)input::parse_grants("1,"), toolkit::Failure);
}

TEST(Formats, AreFoundByName) {
    EXPECT_EQ(input::format_named("femto"), program::Format::Femto);
    EXPECT_FALSE(input::format_wanted("").has_value());
    EXPECT_THROW((void)input::format_named("Femto"), toolkit::Failure);
}

}  // namespace
}  // namespace mbpf::test
