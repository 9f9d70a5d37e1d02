// SPDX-License-Identifier: MIT
// The writer: the examples of RFC 8949, appendix A, and what happens where there is no room.
#include <gtest/gtest.h>

#include <functional>

#include "mbpf/cbor/cbor.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/print.hpp"

namespace mbpf::test {
namespace {

using cbor::Writer;

std::string hex_of_items(std::function<void(Writer&)> const& write) {
    Writer counter{{}};
    write(counter);
    std::vector<std::byte> buffer(counter.size());
    Writer writer{buffer};
    write(writer);
    EXPECT_EQ(writer.size(), counter.size());
    for (std::size_t room = 0; room < buffer.size(); ++room) {  // ASan sees a byte too many.
        std::vector<std::byte> small(room);
        Writer short_of_room{small};
        write(short_of_room);
        EXPECT_EQ(
            short_of_room.written().error(),
            (Error{Fault::OutputTooSmall, 0, std::uint32_t(room), std::uint32_t(buffer.size())}));
    }
    return to_hex(*writer.written());
}

TEST(CborWriter, WritesIntegersInTheirShortestForm) {
    auto const hex_of_integer = [](std::int64_t value) {
        return hex_of_items([value](Writer& writer) { writer.integer(value); });
    };
    EXPECT_EQ(hex_of_integer(0), "00");
    EXPECT_EQ(hex_of_integer(23), "17");
    EXPECT_EQ(hex_of_integer(24), "1818");
    EXPECT_EQ(hex_of_integer(255), "18ff");
    EXPECT_EQ(hex_of_integer(256), "190100");
    EXPECT_EQ(hex_of_integer(65535), "19ffff");
    EXPECT_EQ(hex_of_integer(65536), "1a00010000");
    EXPECT_EQ(hex_of_integer(0xffff'ffff), "1affffffff");
    EXPECT_EQ(hex_of_integer(0x1'0000'0000), "1b0000000100000000");
    EXPECT_EQ(hex_of_integer(-1), "20");
    EXPECT_EQ(hex_of_integer(-100), "3863");
    EXPECT_EQ(hex_of_integer(INT64_MIN), "3b7fffffffffffffff");
    EXPECT_EQ(hex_of_items([](Writer& w) { w.unsigned_integer(UINT64_MAX); }),
              "1bffffffffffffffff");
}

TEST(CborWriter, WritesEveryKindOfItem) {
    EXPECT_EQ(hex_of_items([](Writer& w) { w.byte_string(from_hex("01020304")); }), "4401020304");
    EXPECT_EQ(hex_of_items([](Writer& w) { w.byte_string({}); }), "40");
    EXPECT_EQ(hex_of_items([](Writer& w) { w.text_string("IETF"); }), "6449455446");
    EXPECT_EQ(hex_of_items([](Writer& w) {
                  w.map_head(1);
                  w.tag(107);
                  w.null();
                  w.array_head(2);
                  w.boolean(false);
                  w.boolean(true);
                  w.byte_string_head(65536);
              }),
              "a1d86bf682f4f55a00010000");
}

TEST(CborWriter, MakesAStringOfWhatWasWritten) {
    for (std::size_t const size : {0u, 1u, 23u, 24u, 255u, 256u, 70'000u}) {
        std::vector<std::byte> const content(size, std::byte{7});
        std::vector<std::byte> buffer(size + 10);
        Writer writer{buffer};
        writer.null();
        std::size_t const start = writer.size();
        writer.encoded(content);
        writer.wrap(start);
        std::vector<std::byte> expected(size + 10);
        Writer plain{expected};
        plain.null();
        plain.byte_string(content);
        EXPECT_EQ(to_hex(*writer.written()), to_hex(*plain.written())) << size;
    }
    EXPECT_EQ(hex_of_items([](Writer& w) {
                  w.integer(1);
                  std::size_t const outer = w.size();
                  w.array_head(2);
                  std::size_t const inner = w.size();
                  w.integer(1000);
                  w.wrap(inner);
                  w.integer(2);
                  w.wrap(outer);
              }),
              "014682431903e802");
}

}  // namespace
}  // namespace mbpf::test
