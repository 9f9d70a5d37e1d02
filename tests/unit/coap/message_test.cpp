// SPDX-License-Identifier: MIT
// Messages: the examples of RFC 7252 appendix A, and everything that is not a message.
#include <gtest/gtest.h>

#include "tests/unit/coap/support/desk.hpp"

namespace mbpf::test {
namespace {

using coap::Code;
using coap::Message;
using coap::OptionNumber;
using coap::Type;
using coap::Verdict;

// From digits with spaces.
class Parsed {
public:
    explicit Parsed(std::string hex) {
        std::erase(hex, ' ');
        bytes_ = from_hex(hex);
        message = coap::parse(bytes_);
    }

private:
    std::vector<std::byte> bytes_;

public:
    Message message;
};

Verdict verdict_of(std::string const& hex) { return Parsed{hex}.message.verdict; }

std::string const temperature = "74656d7065726174757265";

TEST(CoapMessage, ReadsTheRequestOfFigure16) {
    Parsed const parsed{"40017d34 bb" + temperature};
    ASSERT_EQ(parsed.message.verdict, Verdict::Good);
    EXPECT_EQ(parsed.message.type, Type::Confirmable);
    EXPECT_EQ(parsed.message.code, Code::Get);
    EXPECT_EQ(parsed.message.id, 0x7d34);
    EXPECT_TRUE(parsed.message.token.empty());
    EXPECT_TRUE(parsed.message.payload.empty());
    coap::OptionReader reader{parsed.message.options};
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.number(), OptionNumber::UriPath);
    EXPECT_EQ(as_text(reader.value()), "temperature");
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.is_malformed());
}

TEST(CoapMessage, ReadsTheResponseOfFigure16) {
    Parsed const parsed{"60457d34 ff 32322e332043"};
    ASSERT_EQ(parsed.message.verdict, Verdict::Good);
    EXPECT_EQ(parsed.message.type, Type::Acknowledgement);
    EXPECT_EQ(parsed.message.code, Code::Content);
    EXPECT_EQ(as_text(parsed.message.payload), "22.3 C");
}

TEST(CoapMessage, ReadsTheTokenOfFigure17) {
    Parsed const parsed{"41017d35 20 bb" + temperature};
    ASSERT_EQ(parsed.message.verdict, Verdict::Good);
    EXPECT_EQ(to_hex(parsed.message.token), "20");
}

TEST(CoapMessage, WritesWhatTheFiguresShow) {
    Draft const request{.id = 0x7d34, .token = "", .options = {path("temperature")}};
    EXPECT_EQ(to_hex(as_bytes(request.datagram())), "40017d34bb" + temperature);
    Draft const response{.type = Type::Acknowledgement,
                         .code = Code::Content,
                         .id = 0x7d35,
                         .token = "\x20",
                         .payload = "22.3 C"};
    EXPECT_EQ(to_hex(as_bytes(response.datagram())), "61457d3520ff32322e332043");
}

TEST(CoapMessage, ReadsWhatItWroteAtEveryWidthOfDeltaAndLength) {
    for (std::uint32_t const delta : {0u, 1u, 12u, 13u, 268u, 269u, 270u, 65535u}) {
        for (std::uint32_t const length : {0u, 1u, 12u, 13u, 268u, 269u, 1000u}) {
            std::string const value(length, 'x');
            std::string const datagram =
                Draft{.options = {{OptionNumber(delta), value}}, .payload = "p"}.datagram();
            Message const message = coap::parse(as_bytes(datagram));
            ASSERT_EQ(message.verdict, Verdict::Good) << delta << " " << length;
            coap::OptionReader reader{message.options};
            ASSERT_TRUE(reader.next());
            EXPECT_EQ(std::uint16_t(reader.number()), delta);
            EXPECT_EQ(as_text(reader.value()), value);
            EXPECT_EQ(as_text(message.payload), "p");
        }
    }
}

TEST(CoapMessage, WritesIntegersAsShortAsTheyCanBe) {
    std::array<std::byte, 16> room{};
    coap::Builder builder{room};
    builder.option(OptionNumber::Observe, 0u);
    builder.option(OptionNumber::ContentFormat, 60u);
    builder.option(OptionNumber::MaxAge, 0x01020304u);
    EXPECT_EQ(to_hex(builder.bytes()), "60613c2401020304");
}

TEST(CoapMessage, IsIgnoredIfNobodyCanBeAnswered) {
    EXPECT_EQ(verdict_of(""), Verdict::Ignored);
    EXPECT_EQ(verdict_of("40"), Verdict::Ignored);
    EXPECT_EQ(verdict_of("40017d"), Verdict::Ignored);
    EXPECT_EQ(verdict_of("00017d34"), Verdict::Ignored);
    EXPECT_EQ(verdict_of("80017d34"), Verdict::Ignored);
    EXPECT_EQ(verdict_of("c0017d34"), Verdict::Ignored);
}

TEST(CoapMessage, IsMalformedIfTheTokenIs) {
    for (char const length : std::string{"9abcdef"}) {
        EXPECT_EQ(verdict_of(std::string{"4"} + length + "017d34" + std::string(40, '0')),
                  Verdict::Malformed);
    }
    EXPECT_EQ(verdict_of("41017d34"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("48017d34 01020304050607"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("48017d34 0102030405060708"), Verdict::Good);
}

TEST(CoapMessage, IsMalformedIfEmptyWithSomethingBehind) {
    EXPECT_EQ(verdict_of("40007d34"), Verdict::Good);
    EXPECT_EQ(verdict_of("40007d34 00"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("41007d34 00"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("41007d34"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("40007d34 ff00"), Verdict::Malformed);
}

TEST(CoapMessage, IsMalformedIfTheClassIsReserved) {
    EXPECT_EQ(verdict_of("40207d34"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("40607d34"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("40c07d34"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("40ff7d34"), Verdict::Malformed);
}

TEST(CoapMessage, IsMalformedIfAnOptionIs) {
    EXPECT_EQ(verdict_of("40017d34 b1"), Verdict::Malformed);        // No value.
    EXPECT_EQ(verdict_of("40017d34 b261"), Verdict::Malformed);      // Half of it.
    EXPECT_EQ(verdict_of("40017d34 d0"), Verdict::Malformed);        // No extended delta.
    EXPECT_EQ(verdict_of("40017d34 e000"), Verdict::Malformed);      // Half of it.
    EXPECT_EQ(verdict_of("40017d34 bd"), Verdict::Malformed);        // No extended length.
    EXPECT_EQ(verdict_of("40017d34 be00"), Verdict::Malformed);      // Half of it.
    EXPECT_EQ(verdict_of("40017d34 f0"), Verdict::Malformed);        // Delta 15.
    EXPECT_EQ(verdict_of("40017d34 0f"), Verdict::Malformed);        // Length 15.
    EXPECT_EQ(verdict_of("40017d34 e0ffff"), Verdict::Malformed);    // Number 65804.
    EXPECT_EQ(verdict_of("40017d34 e0fef200"), Verdict::Good);       // Number 65535, and again.
    EXPECT_EQ(verdict_of("40017d34 e0fef210"), Verdict::Malformed);  // And 65536.
}

TEST(CoapMessage, IsMalformedIfTheMarkerHasNoPayload) {
    EXPECT_EQ(verdict_of("40017d34 ff"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("40017d34 b161 ff"), Verdict::Malformed);
    EXPECT_EQ(verdict_of("40017d34 ffff"), Verdict::Good);
}

TEST(CoapMessage, IsNotWrittenBeyondItsRoom) {
    for (std::size_t size = 0; size < 16; ++size) {
        std::vector<std::byte> room(size);
        coap::Builder builder{room};
        builder.start(Type::Confirmable, Code::Get, 1, as_bytes("token"));
        builder.option(OptionNumber::UriPath, as_bytes("abc"));
        builder.payload(as_bytes("xy"));
        EXPECT_EQ(builder.is_good(), false) << size;
        EXPECT_LE(builder.bytes().size(), size);
    }
}

TEST(CoapMessage, IsNotWrittenWithOptionsOutOfOrder) {
    std::array<std::byte, 64> room{};
    coap::Builder builder{room};
    builder.option(OptionNumber::UriQuery, as_bytes("a"));
    EXPECT_TRUE(builder.is_good());
    builder.option(OptionNumber::UriPath, as_bytes("b"));
    EXPECT_FALSE(builder.is_good());
    EXPECT_EQ(to_hex(builder.bytes()), "d10261");
}

TEST(CoapBlock, IsReadAsTheExamplesOfRfc7959) {
    // Section 3.1: 2:1/0/64 and 1:2/1/128 of its figures, in the notation number/more/size.
    EXPECT_EQ(coap::block_of(0x12)->offset_bytes, 64u);
    EXPECT_EQ(coap::block_of(0x12)->size_bytes, 64u);
    EXPECT_FALSE(coap::block_of(0x12)->has_more);
    EXPECT_EQ(coap::block_of(0x2b)->offset_bytes, 256u);
    EXPECT_TRUE(coap::block_of(0x2b)->has_more);
    EXPECT_FALSE(coap::block_of(7).has_value());
    EXPECT_FALSE(coap::block_of(0x0100'0000).has_value());
    for (std::uint32_t option : {0u, 6u, 0x1eu, 0x12u, 0xff'ffeeu, 0xff'fff8u}) {
        EXPECT_EQ(coap::block_of(option)->option(), option);
    }
}

TEST(CoapReply, KeepsTheWindowOnly) {
    for (std::uint32_t offset = 0; offset < 20; offset += 4) {
        std::array<std::byte, 4> window{};
        coap::Reply reply{window, offset};
        reply.put("01234");
        reply.put('5');
        reply.put_decimal(6789);
        std::string const expected = std::string{"0123456789"}.substr(std::min(offset, 10u), 4);
        EXPECT_EQ(as_text(reply.body()), expected);
        EXPECT_EQ(reply.has_more(), offset + 4 < 10);
        EXPECT_EQ(reply.is_beyond(), offset >= 10);
        EXPECT_EQ(reply.size_bytes(), 10u);
    }
}

TEST(CoapReply, HasAnETagOfAllThatWasPut) {
    auto const etag = [](std::string_view text, std::uint32_t offset) {
        std::array<std::byte, 4> window{};
        coap::Reply reply{window, offset};
        reply.put(text);
        return reply.etag();
    };
    EXPECT_EQ(etag("", 0), 0x811c9dc5u);  // FNV-1a's known answers.
    EXPECT_EQ(etag("a", 0), 0xe40c292cu);
    EXPECT_EQ(etag("foobar", 0), 0xbf9cf968u);
    EXPECT_EQ(etag("foobar", 4), 0xbf9cf968u);
    EXPECT_NE(etag("foobax", 0), etag("foobar", 0));
}

}  // namespace
}  // namespace mbpf::test
