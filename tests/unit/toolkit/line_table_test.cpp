// SPDX-License-Identifier: MIT
// Line tables: what is written is read again, and nothing else is.
#include "toolkit/source/line_table.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"

namespace mbpf::test {
namespace {

using toolkit::source::Row;
using toolkit::source::SourceMap;
namespace source = toolkit::source;

SourceMap sample() {
    return {.files = {"main.c", "lib/table.h"},
            .rows = {{0, 0, 10},
                     {1, 0, 11},
                     {9, 0, 1},
                     {10, 0, 31},
                     {2000, 1, 7},
                     {2001, 1, 6},
                     {2003, 0, 70000}},
            .functions = {{0, "start"}, {9, "sum"}, {2000, "lookup"}}};
}

TEST(LineTable, IsReadAsItWasWritten) {
    SourceMap const map = sample();
    std::optional<SourceMap> const again = source::decode_lines(source::encode_lines(map));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->files, map.files);
    EXPECT_EQ(again->rows, map.rows);
    EXPECT_EQ(again->functions, map.functions);
}

TEST(LineTable, TakesAByteForAnOrdinaryLine) {
    SourceMap map{.files = {"a.c"}, .rows = {{0, 0, 10}}, .functions = {}};
    std::size_t const before = source::encode_lines(map).size();
    map.rows.push_back({8, 0, 30});  // The longest steps of a short row.
    map.rows.push_back({9, 0, 20});
    EXPECT_EQ(source::encode_lines(map).size(), before + 2);
    map.rows.push_back({18, 0, 20});  // Nine slots on: a long one.
    EXPECT_EQ(source::encode_lines(map).size(), before + 5);
}

TEST(LineTable, OfNothingIsEmpty) {
    std::optional<SourceMap> const map = source::decode_lines(source::encode_lines({}));
    ASSERT_TRUE(map.has_value());
    EXPECT_TRUE(map->is_empty());
}

// A table cut at the end of a row is a shorter table; cut anywhere else it is none.
TEST(LineTable, IsNeverReadBeyondItsEnd) {
    std::vector<std::byte> const whole = source::encode_lines(sample());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::vector<std::byte> const part{whole.begin(), whole.begin() + std::ptrdiff_t(size)};
        std::optional<SourceMap> const map = source::decode_lines(part);
        EXPECT_TRUE(!map || map->rows.size() < sample().rows.size()) << size;
    }
}

TEST(LineTable, RefusesWhatMakesNoSense) {
    for (char const* const hex : {
             "",                         // Nothing at all.
             "020000",                   // Another version.
             "0100000a",                 // A row, and no file that it could be of.
             "010161000050f80002",       // A second row at the slot of the first.
             "01016100 00fa",            // A row of unknown kind.
             "0101610002006100 006200",  // Two functions at one slot.
             "01ffffffff7f",             // A count above 32 bits.
         }) {
        std::string digits;
        for (char const* c = hex; *c != '\0'; ++c) {
            digits += *c == ' ' ? "" : std::string(1, *c);
        }
        EXPECT_FALSE(source::decode_lines(from_hex(digits)).has_value()) << hex;
    }
}

TEST(SourceMap, FindsTheLineThatHoldsAtASlot) {
    SourceMap const map = sample();
    EXPECT_EQ(map.find(Pc{0})->number, 10u);
    EXPECT_EQ(map.find(Pc{8})->number, 11u);
    EXPECT_EQ(map.find(Pc{8})->function, "start");
    EXPECT_EQ(map.find(Pc{1999})->number, 31u);
    EXPECT_EQ(map.find(Pc{2000})->file, "lib/table.h");
    EXPECT_EQ(map.find(Pc{99999})->number, 70000u);
}

TEST(SourceMap, GivesNoLineOfAnotherFunction) {
    SourceMap const map{
        .files = {"a.c"}, .rows = {{0, 0, 5}}, .functions = {{0, "known"}, {4, "unknown"}}};
    EXPECT_TRUE(map.find(Pc{3}).has_value());
    EXPECT_FALSE(map.find(Pc{4}).has_value());
    EXPECT_EQ(map.function_at(Pc{5})->name, "unknown");
    EXPECT_EQ(map.function_starting(Pc{5}), nullptr);
}

}  // namespace
}  // namespace mbpf::test
