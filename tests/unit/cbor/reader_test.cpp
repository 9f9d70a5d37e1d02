// SPDX-License-Identifier: MIT
// The reader: the examples of RFC 8949, appendix A, that are deterministic and in the subset, and
// every way in which it refuses the others.
#include <gtest/gtest.h>

#include "mbpf/cbor/cbor.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/print.hpp"

namespace mbpf::test {
namespace {

using cbor::KeyOrder;
using cbor::Major;
using cbor::Reader;

// What a failed read says. It must not have moved.
template <class Read>
Error error_of(std::string_view hex, Read read) {
    std::vector<std::byte> const bytes = from_hex(hex);
    Reader reader{bytes};
    auto const result = read(reader);
    EXPECT_FALSE(result.has_value()) << hex;
    EXPECT_EQ(reader.offset(), 0u) << hex;
    return result.has_value() ? Error{} : result.error();
}

Error skip_error(std::string_view hex) {
    return error_of(hex, [](Reader& reader) { return reader.skip(); });
}

std::uint64_t unsigned_of(std::string_view hex) {
    std::vector<std::byte> const bytes = from_hex(hex);
    Reader reader{bytes};
    Result<std::uint64_t> const value = reader.unsigned_integer();
    EXPECT_TRUE(value.has_value() && reader.is_at_end()) << hex;
    return value.has_value() ? *value : ~std::uint64_t{0};
}

std::int64_t integer_of(std::string_view hex) {
    std::vector<std::byte> const bytes = from_hex(hex);
    Reader reader{bytes};
    Result<std::int64_t> const value = reader.integer();
    EXPECT_TRUE(value.has_value() && reader.is_at_end()) << hex;
    return value.has_value() ? *value : 0;
}

TEST(CborReader, ReadsUnsignedIntegers) {
    EXPECT_EQ(unsigned_of("00"), 0u);
    EXPECT_EQ(unsigned_of("01"), 1u);
    EXPECT_EQ(unsigned_of("0a"), 10u);
    EXPECT_EQ(unsigned_of("17"), 23u);
    EXPECT_EQ(unsigned_of("1818"), 24u);
    EXPECT_EQ(unsigned_of("1819"), 25u);
    EXPECT_EQ(unsigned_of("1864"), 100u);
    EXPECT_EQ(unsigned_of("1903e8"), 1000u);
    EXPECT_EQ(unsigned_of("1a000f4240"), 1'000'000u);
    EXPECT_EQ(unsigned_of("1b000000e8d4a51000"), 1'000'000'000'000u);
    EXPECT_EQ(unsigned_of("1bffffffffffffffff"), 18'446'744'073'709'551'615u);
}

TEST(CborReader, ReadsNegativeIntegers) {
    EXPECT_EQ(integer_of("20"), -1);
    EXPECT_EQ(integer_of("29"), -10);
    EXPECT_EQ(integer_of("3863"), -100);
    EXPECT_EQ(integer_of("3903e7"), -1000);
    EXPECT_EQ(integer_of("3b7fffffffffffffff"), INT64_MIN);
    EXPECT_EQ(integer_of("1b7fffffffffffffff"), INT64_MAX);
    std::vector<std::byte> const least = from_hex("3bffffffffffffffff");
    EXPECT_EQ(*Reader{least}.negative_integer(), 18'446'744'073'709'551'615u);
}

TEST(CborReader, RefusesIntegersThatDoNotFit) {
    auto const read = [](Reader& reader) { return reader.integer(); };
    EXPECT_EQ(error_of("1b8000000000000000", read), (Error{Fault::CborUnexpected, 0, 0, 0}));
    EXPECT_EQ(error_of("3bffffffffffffffff", read), (Error{Fault::CborUnexpected, 0, 1, 0}));
    EXPECT_EQ(error_of("f6", read), (Error{Fault::CborUnexpected, 0, 7, 0}));
}

TEST(CborReader, ReadsStrings) {
    for (auto const& [hex, content] : {std::pair{"40", ""}, {"4401020304", "01020304"}}) {
        std::vector<std::byte> const bytes = from_hex(hex);
        Reader reader{bytes};
        EXPECT_EQ(to_hex(*reader.byte_string()), content);
        EXPECT_TRUE(reader.is_at_end());
    }
    for (auto const& [hex, content] : {std::pair{"60", ""},
                                       {"6161", "a"},
                                       {"6449455446", "IETF"},
                                       {"62225c", "\"\\"},
                                       {"62c3bc", "\u00fc"},
                                       {"63e6b0b4", "\u6c34"},
                                       {"64f0908591", "\U00010151"}}) {
        std::vector<std::byte> const bytes = from_hex(hex);
        Reader reader{bytes};
        EXPECT_EQ(*reader.text_string(), content);
        EXPECT_TRUE(reader.is_at_end());
    }
}

TEST(CborReader, ReadsSimpleValues) {
    std::vector<std::byte> const bytes = from_hex("f4f5f6");
    Reader reader{bytes};
    EXPECT_FALSE(*reader.boolean());
    EXPECT_TRUE(*reader.boolean());
    EXPECT_TRUE(reader.null().has_value());
    EXPECT_TRUE(reader.finish().has_value());
    EXPECT_EQ(error_of("f6", [](Reader& r) { return r.boolean(); }),
              (Error{Fault::CborUnexpected, 0, 7, 7}));
    EXPECT_EQ(error_of("f5", [](Reader& r) { return r.null(); }),
              (Error{Fault::CborUnexpected, 0, 7, 7}));
}

TEST(CborReader, ReadsHeads) {
    std::vector<std::byte> const bytes = from_hex("c1a201028303f404");
    Reader reader{bytes};
    EXPECT_EQ(*reader.peek(), Major::Tag);
    EXPECT_EQ(*reader.tag(), 1u);
    EXPECT_EQ(*reader.map_head(), 2u);
    EXPECT_EQ(*reader.unsigned_integer(), 1u);
    EXPECT_EQ(*reader.unsigned_integer(), 2u);
    EXPECT_EQ(*reader.array_head(), 3u);
    EXPECT_EQ(reader.offset(), 5u);
    EXPECT_EQ(reader.left_bytes(), 3u);
}

TEST(CborReader, PassesWholeItems) {
    for (std::string_view const hex :
         {"80", "83010203", "8301820203820405", "a0", "a201020304", "a26161016162820203",
          "826161a161626163", "a56161614161626142616361436164614461656145", "c11a514b67b0",
          "d74401020304", "d818456449455446", "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
          "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "c249010000000000000000",
          "818181818181818181818181818181818180", "f6", "00", "3863", "40"}) {
        std::vector<std::byte> bytes = from_hex(hex);
        bytes.push_back(std::byte{0xff});
        Reader reader{bytes};
        Result<Bytes> const item = reader.skip();
        ASSERT_TRUE(item.has_value()) << hex;
        EXPECT_EQ(to_hex(*item), hex);
        EXPECT_EQ(reader.finish().error(), (Error{Fault::TrailingBytes, reader.offset(),
                                                  std::uint32_t(bytes.size()), reader.offset()}));
    }
}

TEST(CborReader, PassesAnyDepthWithoutAStack) {
    std::vector<std::byte> bytes(100'000, std::byte{0x81});
    EXPECT_EQ(Reader{bytes}.skip().error().fault, Fault::Truncated);
    bytes.back() = std::byte{0x80};
    EXPECT_EQ(Reader{bytes}.skip()->size(), bytes.size());
}

TEST(CborReader, RefusesWhatIsNotShortest) {
    for (std::string_view const hex :
         {"1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000",
          "1b00000000ffffffff", "3817", "3900ff", "5800", "580401020304", "7800", "9800", "b800",
          "d801", "980101", "b8010102", "5900020102"}) {
        EXPECT_EQ(skip_error(hex),
                  (Error{Fault::CborMalformed, 0, std::uint32_t(from_hex(hex).front()), 0}))
            << hex;
    }
}

// Indefinite lengths, floats, undefined, other simple values, breaks, reserved arguments.
TEST(CborReader, RefusesWhatIsNotInTheSubset) {
    for (std::string_view const hex : {"5f42010243030405ff",
                                       "7f657374726561646d696e67ff",
                                       "9fff",
                                       "9f018202039f0405ffff",
                                       "bf61610161629f0203ffff",
                                       "f90000",
                                       "f97e00",
                                       "fa47c35000",
                                       "fb3ff199999999999a",
                                       "f7",
                                       "f0",
                                       "f8ff",
                                       "f818",
                                       "ff",
                                       "1c",
                                       "1d",
                                       "1e",
                                       "1f",
                                       "3f",
                                       "5c",
                                       "7d",
                                       "9e",
                                       "bc",
                                       "dc",
                                       "df",
                                       "fc",
                                       "fe",
                                       "e0",
                                       "f3"}) {
        EXPECT_EQ(skip_error(hex),
                  (Error{Fault::CborMalformed, 0, std::uint32_t(from_hex(hex).front()), 0}))
            << hex;
    }
}

TEST(CborReader, SaysHowManyBytesItNeeds) {
    EXPECT_EQ(skip_error(""), (Error{Fault::Truncated, 0, 0, 1}));
    EXPECT_EQ(skip_error("18"), (Error{Fault::Truncated, 0, 1, 2}));
    EXPECT_EQ(skip_error("19ff"), (Error{Fault::Truncated, 0, 2, 3}));
    EXPECT_EQ(skip_error("1b00"), (Error{Fault::Truncated, 0, 2, 9}));
    EXPECT_EQ(skip_error("440102"), (Error{Fault::Truncated, 0, 3, 5}));
    EXPECT_EQ(skip_error("5864"), (Error{Fault::Truncated, 0, 2, 102}));
    EXPECT_EQ(skip_error("830102"), (Error{Fault::Truncated, 0, 3, 4}));
    EXPECT_EQ(skip_error("a201"), (Error{Fault::Truncated, 0, 2, 5}));
    EXPECT_EQ(skip_error("c1"), (Error{Fault::Truncated, 0, 1, 2}));
    EXPECT_EQ(skip_error("8281f5"), (Error{Fault::Truncated, 1, 3, 4}));
}

TEST(CborReader, RefusesLengthsThatWrap) {
    for (std::string_view const hex : {"5b", "7b", "9b", "bb"}) {
        std::string const longest = std::string{hex} + "ffffffffffffffff";
        EXPECT_EQ(skip_error(longest), (Error{Fault::Truncated, 0, 9, UINT32_MAX}));
        EXPECT_EQ(skip_error("8200" + longest).fault, Fault::Truncated);
        std::string const word = "8200" + std::string{hex[0]} + "affffffff";
        EXPECT_EQ(skip_error(word).fault, Fault::Truncated);
    }
    EXPECT_EQ(error_of("9bffffffffffffffff", [](Reader& r) { return r.array_head(); }),
              (Error{Fault::Truncated, 0, 9, UINT32_MAX}));
    EXPECT_EQ(error_of("bb8000000000000000", [](Reader& r) { return r.map_head(); }),
              (Error{Fault::Truncated, 0, 9, UINT32_MAX}));
    EXPECT_EQ(error_of("5bffffffffffffffff", [](Reader& r) { return r.byte_string(); }),
              (Error{Fault::Truncated, 0, 9, UINT32_MAX}));
}

TEST(CborReader, RefusesAnotherMajorType) {
    auto const read = [](Reader& reader) { return reader.unsigned_integer(); };
    EXPECT_EQ(error_of("20", read), (Error{Fault::CborUnexpected, 0, 1, 0}));
    EXPECT_EQ(error_of("40", [](Reader& r) { return r.text_string(); }),
              (Error{Fault::CborUnexpected, 0, 2, 3}));
    EXPECT_EQ(error_of("60", [](Reader& r) { return r.nested(); }),
              (Error{Fault::CborUnexpected, 0, 3, 2}));
    EXPECT_EQ(error_of("80", [](Reader& r) { return r.map_head(); }),
              (Error{Fault::CborUnexpected, 0, 4, 5}));
    EXPECT_EQ(error_of("a0", [](Reader& r) { return r.array_head(); }),
              (Error{Fault::CborUnexpected, 0, 5, 4}));
    EXPECT_EQ(error_of("00", [](Reader& r) { return r.tag(); }),
              (Error{Fault::CborUnexpected, 0, 0, 6}));
    EXPECT_EQ(error_of("c100", [](Reader& r) { return r.boolean(); }),
              (Error{Fault::CborUnexpected, 0, 6, 7}));
}

TEST(CborReader, KnowsThatNothingFollowsInAString) {
    std::vector<std::byte> const bytes = from_hex("0043830102");
    Reader reader{bytes, 100};
    EXPECT_EQ(*reader.unsigned_integer(), 0u);
    Reader inner = *reader.nested();
    EXPECT_TRUE(reader.is_at_end());
    EXPECT_EQ(inner.offset(), 102u);
    EXPECT_EQ(inner.array_head().error(), (Error{Fault::CborMalformed, 102, 0x83, 0}));
    EXPECT_EQ(inner.skip().error().fault, Fault::CborMalformed);
}

TEST(CborReader, LeavesTheContentOfAStringThatIsNotThere) {
    std::vector<std::byte> const bytes = from_hex("5a00010000");
    Reader reader{bytes};
    EXPECT_EQ(*reader.byte_string_head(), 65536u);
    EXPECT_EQ(reader.offset(), 5u);
}

TEST(CborKeys, AscendInTheOrderOfTheirEncodings) {
    KeyOrder order;
    for (std::int64_t const key : {std::int64_t{0}, std::int64_t{1}, std::int64_t{24}, INT64_MAX,
                                   std::int64_t{-1}, std::int64_t{-25}, INT64_MIN + 1}) {
        EXPECT_TRUE(order.accepts(key)) << key;
    }
    for (auto const& [first, second] : {std::pair{1, 1}, {2, 1}, {-1, 1}, {-2, -1}, {-1, -1}}) {
        KeyOrder two;
        EXPECT_TRUE(two.accepts(first));
        EXPECT_FALSE(two.accepts(second)) << first << ' ' << second;
    }
    std::vector<std::byte> const bytes = from_hex("0201");
    Reader reader{bytes};
    KeyOrder read;
    EXPECT_EQ(*reader.key(read), 2);
    EXPECT_EQ(reader.key(read).error(), (Error{Fault::CborMalformed, 1, 1, 0}));
    EXPECT_EQ(reader.offset(), 1u);
}

}  // namespace
}  // namespace mbpf::test
