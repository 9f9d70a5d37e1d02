// SPDX-License-Identifier: MIT
// Observers: who is registered, what they are told and until when (RFC 7641).
#include <gtest/gtest.h>

#include "tests/unit/coap/support/desk.hpp"

namespace mbpf::test {
namespace {

using coap::Code;
using coap::OptionNumber;
using coap::Type;

class CoapObserve : public testing::Test {
protected:
    Sent observe(std::string const& token, std::uint16_t port = 1, std::uint32_t value = 0) {
        return desk.ask({.id = ++id_,
                         .token = token,
                         .options = {number(OptionNumber::Observe, value), path("counter")}},
                        port);
    }
    std::vector<Sent> change() {
        ++desk.resources.counter;
        desk.resources.server.changed(CoapResources::counter_key);
        desk.wait(0);
        return desk.take_sent();
    }
    void answer(Sent const& notification, Type type, std::uint16_t port = 1) {
        desk.receive(
            {.type = type, .code = Code::Empty, .id = notification.message().id, .token = ""},
            port);
    }

    Desk desk;
    std::uint16_t id_ = 0;
};

TEST_F(CoapObserve, TellsOfChanges) {
    Sent const first = observe("abc");
    EXPECT_EQ(first.payload(), "0");
    std::int64_t sequence = first.option(OptionNumber::Observe);
    EXPECT_GE(sequence, 0);
    for (int i = 1; i <= 3; ++i) {
        std::vector<Sent> const told = change();
        ASSERT_EQ(told.size(), 1u);
        EXPECT_EQ(told[0].message().type, Type::NonConfirmable);
        EXPECT_EQ(told[0].message().code, Code::Content);
        EXPECT_EQ(as_text(told[0].message().token), "abc");
        EXPECT_EQ(told[0].payload(), std::to_string(i));
        EXPECT_GT(told[0].option(OptionNumber::Observe), sequence);
        sequence = told[0].option(OptionNumber::Observe);
    }
}

TEST_F(CoapObserve, TellsInBlocksOfTheSizeThatWasAskedFor) {
    constexpr std::uint32_t of_16_bytes = 0;
    Sent const first = desk.ask({.id = 1,
                                 .options = {number(OptionNumber::Observe, 0), path("counter"),
                                             number(OptionNumber::Block2, of_16_bytes)}});
    EXPECT_EQ(first.option(OptionNumber::Block2), of_16_bytes);
    std::vector<Sent> const told = change();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].option(OptionNumber::Block2), of_16_bytes);
    EXPECT_EQ(told[0].payload(), "1");
}

TEST_F(CoapObserve, TellsOnlyOnceOfManyChanges) {
    static_cast<void>(observe("a"));
    desk.resources.server.changed(CoapResources::counter_key);
    EXPECT_EQ(change().size(), 1u);
}

TEST_F(CoapObserve, TellsOfAChangeWithinAHandler) {
    static_cast<void>(observe("a"));
    static_cast<void>(desk.ask({.code = Code::Post, .id = 99, .options = {path("counter")}}, 2));
    desk.wait(0);
    EXPECT_EQ(desk.take_one().payload(), "1");
}

TEST_F(CoapObserve, SaysNothingOfOtherResources) {
    static_cast<void>(observe("a"));
    desk.resources.server.changed(CoapResources::counter_key + 1);
    desk.wait(1000);
    EXPECT_TRUE(desk.take_sent().empty());
}

TEST_F(CoapObserve, DoesNotRegisterWhoDoesNotAsk) {
    static_cast<void>(desk.ask({.options = {path("counter")}}));
    EXPECT_TRUE(change().empty());
    Sent const post = desk.ask({.code = Code::Post,
                                .id = 50,
                                .options = {number(OptionNumber::Observe, 0), path("counter")}});
    EXPECT_EQ(post.option(OptionNumber::Observe), -1);
    Sent const big =
        desk.ask({.id = 51, .options = {number(OptionNumber::Observe, 0), path("big")}});
    EXPECT_EQ(big.option(OptionNumber::Observe), -1);
    Sent const none =
        desk.ask({.id = 52, .options = {number(OptionNumber::Observe, 0), path("nothing")}});
    EXPECT_EQ(none.message().code, Code::NotFound);
    EXPECT_EQ(none.option(OptionNumber::Observe), -1);
    EXPECT_TRUE(change().empty());
}

TEST_F(CoapObserve, AnswersPlainlyWhenAllPlacesAreTaken) {
    for (std::uint16_t port = 1; port <= coap::config::observers; ++port) {
        EXPECT_NE(observe("a", port).option(OptionNumber::Observe), -1);
    }
    Sent const refused = observe("a", 99);
    EXPECT_EQ(refused.message().code, Code::Content);
    EXPECT_EQ(refused.option(OptionNumber::Observe), -1);
    EXPECT_EQ(change().size(), coap::config::observers);
    static_cast<void>(observe("a", 1, 1));
    EXPECT_NE(observe("a", 99).option(OptionNumber::Observe), -1);
}

TEST_F(CoapObserve, RegistersTheSameOneOnce) {
    static_cast<void>(observe("a"));
    static_cast<void>(observe("a"));
    EXPECT_EQ(change().size(), 1u);
    static_cast<void>(observe("b"));
    static_cast<void>(observe("a", 2));
    EXPECT_EQ(change().size(), 3u);
}

TEST_F(CoapObserve, EndsWhenAsked) {
    static_cast<void>(observe("a"));
    static_cast<void>(observe("b", 1, 1));
    EXPECT_EQ(change().size(), 1u);
    Sent const last = observe("a", 1, 1);
    EXPECT_EQ(last.option(OptionNumber::Observe), -1);
    EXPECT_EQ(last.payload(), "1");
    EXPECT_TRUE(change().empty());
}

TEST_F(CoapObserve, EndsWithAReset) {
    static_cast<void>(observe("a"));
    Sent const told = change().at(0);
    answer(told, Type::Reset, 2);  // By somebody else.
    EXPECT_EQ(change().size(), 1u);
    answer(change().at(0), Type::Reset);
    EXPECT_TRUE(change().empty());
}

TEST_F(CoapObserve, AsksEveryFifthTimeWhetherAnybodyListens) {
    static_cast<void>(observe("a"));
    for (int i = 1; i <= 15; ++i) {
        std::vector<Sent> const told = change();
        ASSERT_EQ(told.size(), 1u);
        bool const is_confirmable = told[0].message().type == Type::Confirmable;
        EXPECT_EQ(is_confirmable, i % coap::config::confirm_every == 0);
        if (is_confirmable) {
            answer(told[0], Type::Acknowledgement);
        }
    }
}

TEST_F(CoapObserve, AsksAfterADayWhetherAnybodyListens) {
    static_cast<void>(observe("a"));
    desk.wait(coap::config::confirm_after_ms);
    EXPECT_EQ(change().at(0).message().type, Type::Confirmable);
}

TEST_F(CoapObserve, EndsWhenNobodyListens) {
    static_cast<void>(observe("a"));
    for (int i = 1; i < coap::config::confirm_every; ++i) {
        EXPECT_EQ(change().size(), 1u);
    }
    EXPECT_EQ(change().at(0).message().type, Type::Confirmable);
    EXPECT_TRUE(change().empty());  // The next repetition tells it.
    desk.wait(100'000);
    std::vector<Sent> const repeated = desk.take_sent();
    ASSERT_EQ(repeated.size(), coap::config::max_retransmit);
    for (Sent const& repetition : repeated) {
        EXPECT_EQ(repetition.message().type, Type::Confirmable);
        EXPECT_EQ(repetition.payload(), std::to_string(coap::config::confirm_every + 1));
    }
    EXPECT_TRUE(change().empty());
}

TEST_F(CoapObserve, TellsAtOnceOfWhatChangedBeforeTheAcknowledgement) {
    static_cast<void>(observe("a"));
    for (int i = 1; i < coap::config::confirm_every; ++i) {
        EXPECT_EQ(change().size(), 1u);
    }
    Sent const asked = change().at(0);
    EXPECT_TRUE(change().empty());
    answer(asked, Type::Acknowledgement);
    desk.wait(0);
    Sent const told = desk.take_one();
    EXPECT_EQ(told.message().type, Type::NonConfirmable);
    EXPECT_EQ(told.payload(), std::to_string(coap::config::confirm_every + 1));
}

TEST_F(CoapObserve, KeepsPathAndQueryUpToALimit) {
    auto const registered = [&](std::size_t bytes) {
        Sent const answer =
            desk.ask({.id = ++id_,
                      .options = {number(OptionNumber::Observe, 0),
                                  path("counter"),
                                  {OptionNumber::UriQuery, std::string(bytes, 'q')}}});
        EXPECT_EQ(answer.message().code, Code::Content);
        return answer.option(OptionNumber::Observe) != -1;
    };
    // One byte before the path, two before the query.
    EXPECT_TRUE(registered(coap::config::stored_options_bytes - 8 - 2));
    EXPECT_EQ(change().size(), 1u);
    EXPECT_FALSE(registered(coap::config::stored_options_bytes - 8 - 1));
}

}  // namespace
}  // namespace mbpf::test
