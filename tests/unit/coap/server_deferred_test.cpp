// SPDX-License-Identifier: MIT
// Responses that come later, and how often they are sent.
#include <gtest/gtest.h>

#include "tests/unit/coap/support/desk.hpp"

namespace mbpf::test {
namespace {

using coap::Code;
using coap::Format;
using coap::OptionNumber;
using coap::Type;

Draft slow(std::uint16_t id, std::string payload = "") {
    return {.code = Code::Post, .id = id, .options = {path("slow")}, .payload = payload};
}

// A handler that completes by itself, or never.
class Manual {
public:
    static void send(void* context, coap::Peer const&, Bytes datagram) {
        static_cast<Manual*>(context)->sent.push_back({{}, std::string{as_text(datagram)}});
    }
    static coap::Outcome handle(void* context, coap::Request const& request, coap::Reply& reply) {
        Manual& manual = *static_cast<Manual*>(context);
        manual.exchange = request.exchange;
        reply.put("dropped");
        if (manual.completes_at_once) {
            manual.was_stored = manual.complete("at once");
        }
        return coap::Outcome::Deferred;
    }
    bool complete(std::string const& payload) {
        return server.complete(exchange, Code::Content, Format::Cbor, as_bytes(payload));
    }

    bool completes_at_once = false;
    bool was_stored = false;
    std::uint32_t exchange = 0;
    std::vector<Sent> sent;
    coap::Server server{{this, send}, {this, handle}, 1};
};

TEST(CoapDeferred, IsAcknowledgedThenAnsweredThenKept) {
    Desk desk;
    desk.receive(slow(5, "x"));
    desk.wait(coap::config::separate_after_ms - 1);
    EXPECT_TRUE(desk.take_sent().empty());
    desk.wait(1);
    EXPECT_TRUE(desk.take_one().is_empty(Type::Acknowledgement, 5));
    desk.wait(CoapResources::slow_ms);
    Sent const response = desk.take_one();
    EXPECT_EQ(response.message().type, Type::Confirmable);
    EXPECT_EQ(response.message().code, Code::Changed);
    EXPECT_EQ(as_text(response.message().token), "t");
    EXPECT_EQ(response.payload(), "slow x");
    desk.receive({.type = Type::Acknowledgement,
                  .code = Code::Empty,
                  .id = response.message().id,
                  .token = ""});
    desk.wait(300'000);
    EXPECT_TRUE(desk.take_sent().empty());
}

TEST(CoapDeferred, IsRepeatedWithLongerAndLongerPauses) {
    Desk desk;
    desk.receive(slow(5));
    desk.wait(CoapResources::slow_ms);
    std::vector<Sent> const first = desk.take_sent();
    ASSERT_EQ(first.size(), 2u);
    // ACK_TIMEOUT is 2 to 3 s, and doubles with each of MAX_RETRANSMIT repetitions.
    std::vector<std::uint32_t> times;
    std::uint32_t const start_ms = desk.now_ms;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        desk.wait(100);
        for (Sent const& repetition : desk.take_sent()) {
            EXPECT_EQ(repetition.datagram, first[1].datagram);
            times.push_back(desk.now_ms - start_ms);
        }
    }
    ASSERT_EQ(times.size(), coap::config::max_retransmit);
    EXPECT_GE(times[0], 2000u);
    EXPECT_LE(times[0], 3100u);
    for (std::size_t i = 1; i < times.size(); ++i) {
        // What the steps of 100 ms hide, doubled each time.
        EXPECT_NEAR(times[i], times[0] * ((2u << i) - 1), 100u << (i + 1)) << i;
    }
}

TEST(CoapDeferred, IsNotRepeatedOnceReset) {
    Desk desk;
    desk.receive(slow(5));
    desk.wait(CoapResources::slow_ms);
    std::uint16_t const id = desk.take_sent().at(1).message().id;
    Draft reset{.type = Type::Reset, .code = Code::Empty, .id = id, .token = ""};
    desk.receive(reset, 2);  // From somebody else.
    ++reset.id;
    desk.receive(reset);  // Of another message.
    desk.wait(3000);
    EXPECT_EQ(desk.take_sent().size(), 1u);
    --reset.id;
    desk.receive(reset);
    desk.wait(100'000);
    EXPECT_TRUE(desk.take_sent().empty());
}

TEST(CoapDeferred, ComesWithTheAcknowledgementIfItIsQuick) {
    Manual manual;
    manual.server.receive(peer_at(1), as_bytes(slow(5).datagram()), 0);
    EXPECT_EQ(manual.server.poll(400), 100u);
    EXPECT_TRUE(manual.complete("quick"));
    EXPECT_TRUE(manual.sent.empty());
    static_cast<void>(manual.server.poll(401));
    ASSERT_EQ(manual.sent.size(), 1u);
    EXPECT_EQ(manual.sent[0].message().type, Type::Acknowledgement);
    EXPECT_EQ(manual.sent[0].message().id, 5);
    EXPECT_EQ(manual.sent[0].payload(), "quick");
    EXPECT_EQ(manual.sent[0].option(OptionNumber::ContentFormat), 60);
    manual.server.receive(peer_at(1), as_bytes(slow(5).datagram()), 500);
    ASSERT_EQ(manual.sent.size(), 2u);
    EXPECT_EQ(manual.sent[1].datagram, manual.sent[0].datagram);
}

TEST(CoapDeferred, MayBeCompletedWithinItsHandler) {
    Manual manual;
    manual.completes_at_once = true;
    manual.server.receive(peer_at(1), as_bytes(slow(5).datagram()), 0);
    EXPECT_TRUE(manual.was_stored);
    static_cast<void>(manual.server.poll(0));
    ASSERT_EQ(manual.sent.size(), 1u);
    EXPECT_EQ(manual.sent[0].payload(), "at once");
}

TEST(CoapDeferred, IsCompletedOnce) {
    Manual manual;
    EXPECT_FALSE(manual.complete("early"));
    manual.server.receive(peer_at(1), as_bytes(slow(5).datagram()), 0);
    std::uint32_t const right = manual.exchange;
    for (std::uint32_t const wrong : {0u, right + 1, right + 0x100, right + 0x10000, 0xffffffffu}) {
        manual.exchange = wrong;
        EXPECT_FALSE(manual.complete("wrong"));
    }
    manual.exchange = right;
    EXPECT_TRUE(manual.complete("a"));
    EXPECT_FALSE(manual.complete("b"));
    static_cast<void>(manual.server.poll(1));
    EXPECT_FALSE(manual.complete("c"));
    EXPECT_EQ(manual.sent.size(), 1u);
}

TEST(CoapDeferred, AnswersThatItFailedIfThePayloadIsTooLong) {
    Manual manual;
    manual.server.receive(peer_at(1), as_bytes(slow(5).datagram()), 0);
    // Header, token, content format, marker.
    EXPECT_FALSE(manual.complete(std::string(coap::config::stored_reply_bytes - 4 - 1 - 2, 'x')));
    static_cast<void>(manual.server.poll(1));
    EXPECT_EQ(manual.sent.at(0).message().code, Code::InternalError);
    manual.server.receive(peer_at(1), as_bytes(slow(6).datagram()), 0);
    EXPECT_TRUE(manual.complete(std::string(coap::config::stored_reply_bytes - 4 - 1 - 3, 'x')));
}

TEST(CoapDeferred, GivesUpOnAHandlerThatDoesNotComplete) {
    Manual manual;
    manual.server.receive(peer_at(1), as_bytes(slow(5).datagram()), 0);
    static_cast<void>(manual.server.poll(coap::config::separate_after_ms));
    static_cast<void>(manual.server.poll(coap::config::defer_limit_ms - 1));
    ASSERT_EQ(manual.sent.size(), 1u);
    static_cast<void>(manual.server.poll(coap::config::defer_limit_ms));
    ASSERT_EQ(manual.sent.size(), 2u);
    EXPECT_EQ(manual.sent[1].message().code, Code::ServiceUnavailable);
    EXPECT_FALSE(manual.complete("late"));
}

TEST(CoapDeferred, IsExecutedOnceHoweverOftenItIsAsked) {
    Desk desk;
    desk.receive(slow(5, "x"));
    desk.receive(slow(5, "x"));
    EXPECT_TRUE(desk.take_sent().empty());
    desk.wait(600);
    EXPECT_TRUE(desk.take_one().is_empty(Type::Acknowledgement, 5));
    desk.receive(slow(5, "x"));
    EXPECT_TRUE(desk.take_one().is_empty(Type::Acknowledgement, 5));
    desk.wait(600);
    std::uint16_t const id = desk.take_one().message().id;
    desk.receive({.type = Type::Acknowledgement, .code = Code::Empty, .id = id, .token = ""});
    desk.receive(slow(5, "x"));
    EXPECT_TRUE(desk.take_one().is_empty(Type::Acknowledgement, 5));
    EXPECT_EQ(desk.resources.posts["x"], 1);
}

TEST(CoapDeferred, AnswersAnUnconfirmedRequestWithoutAcknowledging) {
    Desk desk;
    Draft draft = slow(5);
    draft.type = Type::NonConfirmable;
    desk.receive(draft);
    desk.wait(CoapResources::slow_ms);
    EXPECT_EQ(desk.take_one().message().type, Type::NonConfirmable);
    desk.wait(100'000);
    EXPECT_TRUE(desk.take_sent().empty());
}

TEST(CoapDeferred, OccupiesAPlaceUntilItIsAnswered) {
    Desk desk;
    for (std::uint16_t id = 1; id <= coap::config::exchanges; ++id) {
        desk.receive(slow(id));
    }
    Sent const refused = desk.ask(slow(99, "one more"));
    EXPECT_EQ(refused.message().code, Code::ServiceUnavailable);
    EXPECT_EQ(refused.option(OptionNumber::MaxAge), coap::config::busy_max_age_seconds);
    EXPECT_EQ(desk.resources.posts["one more"], 0);
    desk.wait(CoapResources::slow_ms + 100'000);
    EXPECT_EQ(desk.resources.completed.size(), coap::config::exchanges);
    desk.sent.clear();
    desk.receive(slow(99, "one more"));
    EXPECT_TRUE(desk.take_sent().empty());
    EXPECT_EQ(desk.resources.posts["one more"], 1);
}

TEST(CoapDeferred, WhoAcknowledgesNothingKeepsNobodyOut) {
    Desk desk;
    for (std::uint16_t id = 1; id <= coap::config::exchanges; ++id) {
        desk.receive(slow(id));
    }
    desk.wait(CoapResources::slow_ms + 600);  // All are answered, and none of it is acknowledged.
    ASSERT_EQ(desk.resources.completed.size(), coap::config::exchanges);
    desk.sent.clear();
    for (std::uint16_t id = 50; id < 60; ++id) {
        Draft const read{.id = id, .options = {path("counter")}};
        EXPECT_EQ(desk.ask(read).message().code, Code::Content) << id;
    }
    desk.wait(100'000);  // The others are still sent again.
    EXPECT_GE(desk.take_sent().size(), (coap::config::exchanges - 1) * 3);
}

TEST(CoapDeferred, EchoesTheBlockOfTheUploadThatItEnds) {
    Manual manual;
    Draft draft = slow(5, "end");
    draft.options.push_back(number(OptionNumber::Block1, 0x32));
    manual.server.receive(peer_at(1), as_bytes(draft.datagram()), 0);
    EXPECT_TRUE(manual.complete("done"));
    static_cast<void>(manual.server.poll(1));
    EXPECT_EQ(manual.sent.at(0).option(OptionNumber::Block1), 0x32);
    EXPECT_EQ(manual.sent.at(0).payload(), "done");
}

}  // namespace
}  // namespace mbpf::test
