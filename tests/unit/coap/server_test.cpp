// SPDX-License-Identifier: MIT
// What the server answers at once, and what it does not answer.
#include <gtest/gtest.h>

#include "tests/unit/coap/support/desk.hpp"

namespace mbpf::test {
namespace {

using coap::Code;
using coap::Format;
using coap::OptionNumber;
using coap::Type;

class CoapServer : public testing::Test {
protected:
    [[nodiscard]] Code code_of(std::vector<OptionValue> const& options, Code method = Code::Get) {
        ++id_;
        return desk.ask({.code = method, .id = id_, .options = options}).message().code;
    }

    Desk desk;
    std::uint16_t id_ = 100;
};

Draft echo(std::uint16_t id, std::string payload) {
    return {.code = Code::Post, .id = id, .options = {path("echo")}, .payload = payload};
}

TEST_F(CoapServer, AnswersInTheAcknowledgement) {
    Sent const answer = desk.ask({.id = 0x7d34, .token = "tok", .options = {path("counter")}});
    coap::Message const message = answer.message();
    EXPECT_EQ(answer.to, peer_at(1));
    EXPECT_EQ(message.type, Type::Acknowledgement);
    EXPECT_EQ(message.id, 0x7d34);
    EXPECT_EQ(as_text(message.token), "tok");
    EXPECT_EQ(message.code, Code::Content);
    EXPECT_EQ(answer.payload(), "0");
    EXPECT_EQ(answer.option(OptionNumber::ContentFormat), 0);
    EXPECT_EQ(answer.option(OptionNumber::Block2), -1);
}

TEST_F(CoapServer, AnswersAnUnconfirmedRequestWithAnUnconfirmedMessage) {
    Sent const answer =
        desk.ask({.type = Type::NonConfirmable, .id = 5, .options = {path("counter")}});
    EXPECT_EQ(answer.message().type, Type::NonConfirmable);
    EXPECT_EQ(answer.payload(), "0");
}

TEST_F(CoapServer, ResetsAPing) {
    desk.receive_raw(from_hex("40001234"));
    EXPECT_TRUE(desk.take_one().is_empty(Type::Reset, 0x1234));
}

TEST_F(CoapServer, ResetsWhatIsMalformedButConfirmable) {
    for (char const* const hex :
         {"40011234ff", "49011234", "40201234", "4000123400", "40011234f0"}) {
        desk.receive_raw(from_hex(hex));
        EXPECT_TRUE(desk.take_one().is_empty(Type::Reset, 0x1234)) << hex;
    }
}

TEST_F(CoapServer, ResetsAResponseThatItDidNotAskFor) {
    desk.receive({.code = Code::Content, .id = 9});
    EXPECT_TRUE(desk.take_one().is_empty(Type::Reset, 9));
}

TEST_F(CoapServer, IsSilentAboutTheRest) {
    for (char const* const hex :
         {"", "40", "80011234", "50011234ff", "50001234", "50451234", "60011234b161", "7001123400",
          "60001234", "70001234", "60451234", "7000123400", "c0011234"}) {
        desk.receive_raw(from_hex(hex));
        EXPECT_TRUE(desk.take_sent().empty()) << hex;
    }
    EXPECT_TRUE(desk.resources.requests.empty());
}

TEST_F(CoapServer, RefusesCriticalOptionsThatItDoesNotKnow) {
    EXPECT_EQ(code_of({{OptionNumber{1}, "x"}, path("counter")}), Code::BadOption);  // If-Match
    EXPECT_EQ(code_of({{OptionNumber{5}, ""}, path("counter")}), Code::BadOption);
    EXPECT_EQ(code_of({{OptionNumber{9}, ""}, path("counter")}), Code::BadOption);  // OSCORE
    EXPECT_EQ(code_of({path("counter"), {OptionNumber{65535}, ""}}), Code::BadOption);
    EXPECT_TRUE(desk.resources.requests.empty());
}

TEST_F(CoapServer, SaysNothingOfThemIfTheRequestIsNotConfirmable) {
    desk.receive({.type = Type::NonConfirmable, .options = {{OptionNumber{1}, "x"}}});
    EXPECT_TRUE(desk.take_sent().empty());
}

TEST_F(CoapServer, IgnoresElectiveOptionsThatItDoesNotKnow) {
    EXPECT_EQ(code_of({path("counter"), {OptionNumber{2048}, "x"}}), Code::Content);
    EXPECT_EQ(code_of({{OptionNumber::ETag, "x"}, path("counter"), {OptionNumber{258}, ""}}),
              Code::Content);
    EXPECT_EQ(code_of({path("counter"), {OptionNumber::ContentFormat, "too long"}}), Code::Content);
}

TEST_F(CoapServer, TreatsOptionsOfAWrongLengthOrNumberAsUnknown) {
    EXPECT_EQ(code_of({path("counter"), {OptionNumber::Accept, "xyz"}}), Code::BadOption);
    EXPECT_EQ(code_of({path("counter"), {OptionNumber::Block2, "wxyz"}}), Code::BadOption);
    EXPECT_EQ(code_of({{OptionNumber::UriHost, ""}, path("counter")}), Code::BadOption);
    EXPECT_EQ(code_of({path(std::string(256, 'x'))}), Code::BadOption);
    EXPECT_EQ(
        code_of({{OptionNumber::UriHost, "a"}, {OptionNumber::UriHost, "b"}, path("counter")}),
        Code::BadOption);
    EXPECT_EQ(code_of({path("counter"), number(OptionNumber::Block2, 0),
                       number(OptionNumber::Block2, 0)}),
              Code::BadOption);
    EXPECT_EQ(code_of(std::vector<OptionValue>(5, {OptionNumber::UriQuery, "a"})), Code::BadOption);
    EXPECT_EQ(
        code_of({{OptionNumber::UriHost, "a"}, {OptionNumber::UriPort, "ab"}, path("counter")}),
        Code::Content);
}

TEST_F(CoapServer, RefusesToReadWhatTheClientDoesNotUnderstand) {
    auto const accept = [](Format format) {
        return number(OptionNumber::Accept, std::uint32_t(format));
    };
    EXPECT_EQ(code_of({path("counter"), accept(Format::Text)}), Code::Content);
    EXPECT_EQ(code_of({path("counter"), accept(Format::Cbor)}), Code::NotAcceptable);
    EXPECT_EQ(code_of({path("nothing"), accept(Format::Cbor)}), Code::NotFound);
    // What is done is done.
    EXPECT_EQ(code_of({path("echo"), accept(Format::Cbor)}, Code::Post), Code::Changed);
}

TEST_F(CoapServer, IsNoProxy) {
    EXPECT_EQ(code_of({{OptionNumber::ProxyUri, "coap://a/b"}}), Code::ProxyingNotSupported);
    EXPECT_EQ(code_of({{OptionNumber::ProxyScheme, "http"}}), Code::ProxyingNotSupported);
}

TEST_F(CoapServer, KnowsNoDeeperPathsAndNoOtherMethods) {
    EXPECT_EQ(code_of(std::vector<OptionValue>(7, path("a"))), Code::NotFound);
    EXPECT_TRUE(desk.resources.requests.empty());
    EXPECT_EQ(code_of(std::vector<OptionValue>(6, path("a"))), Code::NotFound);
    EXPECT_EQ(desk.resources.requests["a/a/a/a/a/a"], 1);
    EXPECT_EQ(code_of({path("counter")}, Code{8}), Code::MethodNotAllowed);
    EXPECT_EQ(code_of({path("counter")}, Code{31}), Code::MethodNotAllowed);
    EXPECT_EQ(desk.resources.requests["counter"], 0);
}

TEST_F(CoapServer, ExecutesAPostOnce) {
    Sent const first = desk.ask(echo(7, "a"));
    Sent const second = desk.ask(echo(7, "a"));
    EXPECT_EQ(first.datagram, second.datagram);
    EXPECT_EQ(desk.resources.posts["a"], 1);
    desk.wait(coap::config::exchange_lifetime_ms - 1);
    EXPECT_EQ(desk.ask(echo(7, "a")).datagram, first.datagram);
    EXPECT_EQ(desk.resources.posts["a"], 1);
}

TEST_F(CoapServer, TakesAnotherPeerOrMessageOrTimeForAnotherRequest) {
    static_cast<void>(desk.ask(echo(7, "a")));
    static_cast<void>(desk.ask(echo(8, "a")));
    static_cast<void>(desk.ask(echo(7, "a"), 2));
    EXPECT_EQ(desk.resources.posts["a"], 3);
    desk.now_ms += coap::config::exchange_lifetime_ms;  // Even if nobody has polled.
    static_cast<void>(desk.ask(echo(7, "a")));
    EXPECT_EQ(desk.resources.posts["a"], 4);
}

TEST_F(CoapServer, IgnoresADuplicateThatIsNotConfirmable) {
    Draft draft = echo(7, "a");
    draft.type = Type::NonConfirmable;
    static_cast<void>(desk.ask(draft));
    desk.receive(draft);
    EXPECT_TRUE(desk.take_sent().empty());
    EXPECT_EQ(desk.resources.posts["a"], 1);
}

TEST_F(CoapServer, ForgetsReadsBeforePosts) {
    static_cast<void>(desk.ask(echo(1, "a")));
    for (std::uint16_t id = 2; id < 100; ++id) {
        EXPECT_EQ(desk.ask({.id = id, .options = {path("counter")}}).payload(), "0");
    }
    static_cast<void>(desk.ask(echo(1, "a")));
    EXPECT_EQ(desk.resources.posts["a"], 1);
}

TEST_F(CoapServer, ForgetsTheOldestPostFirst) {
    for (std::uint16_t id = 1; id <= coap::config::exchanges + 1; ++id) {
        static_cast<void>(desk.ask(echo(id, "post " + std::to_string(id))));
        desk.now_ms += 10;
    }
    static_cast<void>(desk.ask(echo(2, "post 2")));
    static_cast<void>(desk.ask(echo(1, "post 1")));
    EXPECT_EQ(desk.resources.posts["post 2"], 1);
    EXPECT_EQ(desk.resources.posts["post 1"], 2);
}

TEST_F(CoapServer, RepeatsOnlyTheHeadOfALongReplyToAPost) {
    std::string const payload(300, 'x');
    EXPECT_EQ(desk.ask(echo(1, payload)).payload(), payload);
    Sent const again = desk.ask(echo(1, payload));
    EXPECT_EQ(again.message().code, Code::Changed);
    EXPECT_EQ(again.payload(), "");
    EXPECT_EQ(desk.resources.posts[payload], 1);
}

TEST_F(CoapServer, StoresAShortReplyToAReadAndRepeatsALongOne) {
    Draft const counter{.id = 1, .options = {path("counter")}};
    static_cast<void>(desk.ask(counter));
    desk.resources.counter = 5;
    EXPECT_EQ(desk.ask(counter).payload(), "0");
    Draft const big{.id = 2, .options = {path("big")}};
    EXPECT_EQ(desk.ask(big).datagram, desk.ask(big).datagram);
    EXPECT_EQ(desk.resources.requests["big"], 2);
}

// Block2.

TEST_F(CoapServer, GivesALongRepresentationInBlocksOfAnySize) {
    for (std::uint32_t exponent = 0; exponent <= 6; ++exponent) {
        for (std::uint32_t const bytes : {1u, 15u, 16u, 17u, 1023u, 1024u, 1025u, 2048u, 5000u}) {
            std::string got;
            std::int64_t etag = -2;
            bool has_more = true;
            for (std::uint32_t block = 0; has_more; ++block) {
                ++id_;
                Sent const answer = desk.ask(
                    {.id = id_,
                     .options = {path("big"),
                                 {OptionNumber::UriQuery, "bytes=" + std::to_string(bytes)},
                                 number(OptionNumber::Block2, block << 4 | exponent)}});
                ASSERT_EQ(answer.message().code, Code::Content);
                ASSERT_EQ(answer.option(OptionNumber::Block2) & ~8, block << 4 | exponent);
                has_more = (answer.option(OptionNumber::Block2) & 8) != 0;
                ASSERT_TRUE(etag == -2 || etag == answer.option(OptionNumber::ETag));
                etag = answer.option(OptionNumber::ETag);
                got += answer.payload();
            }
            EXPECT_EQ(got, big_text(bytes));
        }
    }
}

TEST_F(CoapServer, ChoosesTheSizeIfTheClientDoesNot) {
    Sent const answer = desk.ask({.options = {path("big")}});
    EXPECT_EQ(answer.payload(), big_text(5000).substr(0, 512));
    EXPECT_EQ(answer.option(OptionNumber::Block2), 0x0d);
    EXPECT_NE(answer.option(OptionNumber::ETag), -1);
}

TEST_F(CoapServer, RefusesBlocksThatCannotBe) {
    EXPECT_EQ(code_of({path("big"), number(OptionNumber::Block2, 7)}), Code::BadRequest);
    EXPECT_EQ(code_of({path("big"), number(OptionNumber::Block2, 10 << 4 | 5)}), Code::BadRequest);
    EXPECT_EQ(code_of({path("big"), number(OptionNumber::Block2, 9 << 4 | 5)}), Code::Content);
    EXPECT_EQ(code_of({path("big"), number(OptionNumber::Block2, 0xff'fff6)}), Code::BadRequest);
    EXPECT_EQ(code_of({path("big"),
                       {OptionNumber::UriQuery, "bytes=1024"},
                       number(OptionNumber::Block2, 0x16)}),
              Code::BadRequest);
    EXPECT_EQ(code_of({path("upload"), number(OptionNumber::Block1, 7)}, Code::Post),
              Code::BadRequest);
    // A full block is missing, or there is too much.
    EXPECT_EQ(code_of({path("upload"), number(OptionNumber::Block1, 8)}, Code::Post),
              Code::BadRequest);
    EXPECT_EQ(desk.ask({.code = Code::Post,
                        .id = 1,
                        .options = {path("upload"), number(OptionNumber::Block1, 0)},
                        .payload = std::string(17, 'x')})
                  .message()
                  .code,
              Code::BadRequest);
    EXPECT_EQ(desk.resources.requests["upload"], 0);
}

TEST_F(CoapServer, DoesNotExecuteAPostForTheRestOfItsReply) {
    EXPECT_EQ(code_of({path("echo"), number(OptionNumber::Block2, 0x10)}, Code::Post),
              Code::BadOption);
    EXPECT_EQ(desk.resources.requests["echo"], 0);
}

// Block1.

TEST_F(CoapServer, TakesAnUploadBlockByBlock) {
    std::string const text = big_text(150);
    for (std::uint32_t block = 0; block < 3; ++block) {
        bool const has_more = block < 2;
        std::uint32_t const option = block << 4 | (has_more ? 8u : 0u) | 2;
        Sent const answer =
            desk.ask({.code = Code::Put,
                      .id = std::uint16_t(block),
                      .options = {path("upload"), number(OptionNumber::Block1, option)},
                      .payload = text.substr(block * 64, 64)});
        EXPECT_EQ(answer.message().code, has_more ? Code::Continue : Code::Changed);
        EXPECT_EQ(answer.option(OptionNumber::Block1), option);
        EXPECT_EQ(answer.payload(), has_more ? "" : upload_summary(text));
    }
}

TEST_F(CoapServer, LeavesABlockOutOfOrderToTheHandler) {
    Sent const answer = desk.ask({.code = Code::Put,
                                  .options = {path("upload"), number(OptionNumber::Block1, 0x1a)},
                                  .payload = std::string(64, 'x')});
    EXPECT_EQ(answer.message().code, Code::EntityIncomplete);
    EXPECT_EQ(answer.option(OptionNumber::Block1), 0x12);
}

TEST_F(CoapServer, FitsItsBudget) {
    // On the host, where pointers are longer: 32-bit targets need less.
    EXPECT_LE(sizeof(coap::Server), 4096u);
}

}  // namespace
}  // namespace mbpf::test
