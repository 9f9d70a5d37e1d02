// SPDX-License-Identifier: MIT
// The client: what it asks, what it takes for an answer, and when it gives up.
#include <gtest/gtest.h>

#include "tests/unit/coap/support/desk.hpp"

namespace mbpf::test {
namespace {

using coap::Code;
using coap::Fetch;
using coap::OptionNumber;
using coap::Type;

class CoapFetch : public testing::Test {
protected:
    void start(std::uint16_t block_bytes = 64) {
        target_ = coap::parse_uri("coap://10.0.0.1:9/a/b?c").value();
        ASSERT_TRUE(fetch.start(target_, block_bytes, {this, take}, now_ms));
        take_request();
    }
    void take_request() {
        ASSERT_EQ(sent.size(), 1u);
        request = sent[0];
        sent.clear();
    }
    bool receive(Draft draft, std::uint16_t port = 9) {
        std::string const datagram = draft.datagram();
        std::vector<std::byte> const exact{as_bytes(datagram).begin(), as_bytes(datagram).end()};
        return fetch.receive(peer_at(port), exact, now_ms);
    }
    // The block with that option, as an answer to the last request.
    [[nodiscard]] Draft block(std::uint32_t option, std::string payload) const {
        return {.type = Type::Acknowledgement,
                .code = Code::Content,
                .id = request.message().id,
                .token = std::string{as_text(request.message().token)},
                .options = {{OptionNumber::ETag, "e"}, number(OptionNumber::Block2, option)},
                .payload = payload};
    }
    Fetch::State state_after(Draft const& draft) {
        EXPECT_TRUE(receive(draft));
        return fetch.state();
    }

    static void send(void* context, coap::Peer const& to, Bytes datagram) {
        static_cast<CoapFetch*>(context)->sent.push_back({to, std::string{as_text(datagram)}});
    }
    static bool take(void* context, std::uint32_t offset_bytes, Bytes bytes) {
        CoapFetch& test = *static_cast<CoapFetch*>(context);
        EXPECT_EQ(offset_bytes, test.got.size());
        test.got += as_text(bytes);
        return test.got.size() < test.limit;
    }

    std::uint32_t now_ms = 0xffff'ff00;
    std::vector<Sent> sent;
    std::string got;
    std::size_t limit = 1'000'000;
    Sent request;
    coap::Target target_;
    Fetch fetch{{this, send}, 5};
    std::string const full = std::string(64, 'x');
};

TEST_F(CoapFetch, AsksForBlockAfterBlock) {
    start();
    EXPECT_EQ(request.to, peer_at(9));
    EXPECT_EQ(request.message().type, Type::Confirmable);
    EXPECT_EQ(request.message().code, Code::Get);
    EXPECT_EQ(to_hex(request.message().options), "b161016241638102");
    EXPECT_TRUE(receive(block(0x0a, full)));
    take_request();
    EXPECT_EQ(request.option(OptionNumber::Block2), 0x12);
    EXPECT_TRUE(receive(block(0x12, "yz")));
    EXPECT_EQ(fetch.state(), Fetch::State::Done);
    EXPECT_EQ(got, full + "yz");
    EXPECT_EQ(fetch.received_bytes(), 66u);
    EXPECT_TRUE(sent.empty());
    EXPECT_EQ(fetch.poll(now_ms + 100'000), coap::no_deadline);
}

TEST_F(CoapFetch, TakesSmallerBlocksIfTheServerHasThem) {
    start();
    EXPECT_TRUE(receive(block(0x08, std::string(16, 'x'))));
    take_request();
    EXPECT_EQ(request.option(OptionNumber::Block2), 0x10);
}

TEST_F(CoapFetch, TakesAFileThatIsNotInBlocks) {
    start();
    Draft whole = block(0, "all of it");
    whole.options = {{OptionNumber::ContentFormat, ""}};
    EXPECT_EQ(state_after(whole), Fetch::State::Done);
    EXPECT_EQ(got, "all of it");
}

TEST_F(CoapFetch, TakesAResponseOfItsOwn) {
    start();
    EXPECT_TRUE(receive({.type = Type::Acknowledgement,
                         .code = Code::Empty,
                         .id = request.message().id,
                         .token = ""}));
    now_ms += 20'000;
    EXPECT_EQ(fetch.poll(now_ms), coap::config::fetch_patience_ms - 20'000);
    EXPECT_TRUE(sent.empty());
    Draft separate = block(0x0a, full);
    separate.type = Type::Confirmable;
    separate.id = 77;
    EXPECT_TRUE(receive(separate));
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_TRUE(sent[0].is_empty(Type::Acknowledgement, 77));
    request = sent[1];
    sent.clear();
    // Its acknowledgement was lost.
    EXPECT_TRUE(receive(separate));
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_TRUE(sent[0].is_empty(Type::Acknowledgement, 77));
    EXPECT_EQ(fetch.state(), Fetch::State::Running);
    EXPECT_TRUE(receive(block(0x12, "y")));
    EXPECT_EQ(got, full + "y");
}

TEST_F(CoapFetch, RepeatsItselfAndThenGivesUp) {
    start();
    std::string const first = request.datagram;
    for (int i = 0; i < coap::config::max_retransmit; ++i) {
        std::uint32_t const wait_ms = fetch.poll(now_ms);
        EXPECT_GE(wait_ms, 2000u << i);
        EXPECT_LE(wait_ms, 3000u << i);
        now_ms += wait_ms - 1;
        EXPECT_EQ(fetch.poll(now_ms), 1u);
        ++now_ms;
        static_cast<void>(fetch.poll(now_ms));
        take_request();
        EXPECT_EQ(request.datagram, first);
    }
    now_ms += fetch.poll(now_ms);
    EXPECT_EQ(fetch.poll(now_ms), coap::no_deadline);
    EXPECT_EQ(fetch.state(), Fetch::State::TimedOut);
    EXPECT_FALSE(receive(block(0x02, "late")));
    EXPECT_EQ(got, "");
}

TEST_F(CoapFetch, GivesUpIfTheAnnouncedResponseDoesNotCome) {
    start();
    EXPECT_TRUE(receive({.type = Type::Acknowledgement,
                         .code = Code::Empty,
                         .id = request.message().id,
                         .token = ""}));
    now_ms += coap::config::fetch_patience_ms;
    EXPECT_EQ(fetch.poll(now_ms), coap::no_deadline);
    EXPECT_EQ(fetch.state(), Fetch::State::TimedOut);
}

TEST_F(CoapFetch, LeavesToOthersWhatIsNotForIt) {
    EXPECT_FALSE(receive(Draft{.type = Type::Reset, .code = Code::Empty, .token = ""}));
    start();
    Draft const right = block(0x02, "x");
    EXPECT_FALSE(receive(right, 8));
    Draft wrong = right;
    wrong.token = "none";
    EXPECT_FALSE(receive(wrong));
    wrong.token = "";
    EXPECT_FALSE(receive(wrong));
    wrong = right;
    wrong.code = Code::Post;
    EXPECT_FALSE(receive(wrong));
    Draft reset{.type = Type::Reset, .code = Code::Empty, .id = 0xdead, .token = ""};
    EXPECT_FALSE(receive(reset));
    EXPECT_FALSE(fetch.receive(peer_at(9), from_hex("40451234ff"), now_ms));
    EXPECT_FALSE(fetch.receive(peer_at(9), {}, now_ms));
    EXPECT_EQ(fetch.state(), Fetch::State::Running);
    EXPECT_EQ(state_after(right), Fetch::State::Done);
}

TEST_F(CoapFetch, IgnoresTheAcknowledgementOfAnEarlierRequest) {
    start();
    Draft const first = block(0x0a, full);
    EXPECT_TRUE(receive(first));
    take_request();
    EXPECT_TRUE(receive(first));
    EXPECT_TRUE(sent.empty());
    EXPECT_EQ(fetch.state(), Fetch::State::Running);
    EXPECT_EQ(got, full);
}

TEST_F(CoapFetch, EndsWithAReset) {
    start();
    EXPECT_TRUE(receive(
        {.type = Type::Reset, .code = Code::Empty, .id = request.message().id, .token = ""}));
    EXPECT_EQ(fetch.state(), Fetch::State::Reset);
}

TEST_F(CoapFetch, EndsWithARefusal) {
    start();
    Draft refusal = block(0, "");
    refusal.code = Code::NotFound;
    EXPECT_EQ(state_after(refusal), Fetch::State::Refused);
    EXPECT_EQ(fetch.refusal(), Code::NotFound);
}

TEST_F(CoapFetch, EndsIfTheFileChanges) {
    start();
    EXPECT_TRUE(receive(block(0x0a, full)));
    take_request();
    Draft other = block(0x12, "y");
    other.options[0].value = "f";
    EXPECT_EQ(state_after(other), Fetch::State::Changed);
    EXPECT_EQ(got, full);
}

TEST_F(CoapFetch, EndsIfTheSinkHasEnough) {
    limit = 64;
    start();
    EXPECT_EQ(state_after(block(0x0a, full)), Fetch::State::Aborted);
    EXPECT_TRUE(sent.empty());
}

TEST_F(CoapFetch, EndsOnWhatIsNoBlockOfAFile) {
    auto const expect_malformed = [this](auto const& change) {
        start();
        Draft draft = block(0x0a, full);
        change(draft);
        EXPECT_EQ(state_after(draft), Fetch::State::Malformed);
        EXPECT_EQ(got, "");
        sent.clear();
    };
    auto const with_block = [](std::uint32_t option) {
        return [option](Draft& draft) { draft.options[1] = number(OptionNumber::Block2, option); };
    };
    expect_malformed(with_block(0x1a));  // Not the block that was asked for.
    expect_malformed(with_block(0x0b));  // Too short for it.
    expect_malformed(with_block(0x09));  // Too long for it.
    expect_malformed(with_block(0x0f));  // A reserved size.
    expect_malformed([](Draft& draft) { draft.payload.pop_back(); });
    expect_malformed([](Draft& draft) { draft.payload = ""; });
    expect_malformed([](Draft& draft) { draft.options[1].value = "abcd"; });
    expect_malformed([](Draft& draft) { draft.options.push_back(draft.options[1]); });
    expect_malformed([](Draft& draft) { draft.options.push_back({OptionNumber{31}, ""}); });
    expect_malformed([](Draft& draft) {
        draft.options.pop_back();
        draft.payload = std::string(coap::config::max_block_bytes + 1, 'x');
    });
    expect_malformed([](Draft& draft) {  // Longer blocks than wanted.
        draft.options[1] = number(OptionNumber::Block2, 0x0b);
        draft.payload = std::string(128, 'x');
    });
}

TEST_F(CoapFetch, RejectsAResponseOfItsOwnThatItDoesNotUnderstand) {
    start();
    Draft draft = block(0x0a, full);
    draft.type = Type::Confirmable;
    draft.options.push_back({OptionNumber{31}, ""});
    EXPECT_EQ(state_after(draft), Fetch::State::Malformed);
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_TRUE(sent[0].is_empty(Type::Reset, draft.id));
}

TEST_F(CoapFetch, StartsOnlyWithASizeThatThereIs) {
    coap::Target const target = coap::parse_uri("coap://10.0.0.1").value();
    for (int const size : {0, 1, 8, 15, 17, 65, 1000, 2048, 32768}) {
        EXPECT_FALSE(fetch.start(target, std::uint16_t(size), {this, take}, 0)) << size;
    }
    EXPECT_TRUE(sent.empty());
    EXPECT_EQ(fetch.state(), Fetch::State::Idle);
    EXPECT_TRUE(fetch.start(target, 1024, {this, take}, 0));
    fetch.abort();
    EXPECT_EQ(fetch.state(), Fetch::State::Aborted);
}

std::string options_of(std::string_view uri) {
    std::optional<coap::Target> const target = coap::parse_uri(uri);
    return target.has_value() ? to_hex(Bytes{target->options}.first(target->options_bytes))
                              : "nothing";
}

TEST(CoapUri, NamesAPeerAndAResource) {
    coap::Target const target = coap::parse_uri("coap://192.0.2.255:61616/x").value();
    EXPECT_EQ(to_hex(Bytes{target.peer.address}.first(4)), "c00002ff");
    EXPECT_EQ(target.peer.address_bytes, 4);
    EXPECT_EQ(target.peer.port, 61616);
    EXPECT_EQ(coap::parse_uri("coap://1.2.3.4")->peer.port, 5683);
    EXPECT_EQ(options_of("coap://1.2.3.4"), "");
    EXPECT_EQ(options_of("coap://1.2.3.4/"), "");
    EXPECT_EQ(options_of("coap://1.2.3.4/a"), "b161");
    EXPECT_EQ(options_of("coap://1.2.3.4/a/"), "b16100");
    EXPECT_EQ(options_of("coap://1.2.3.4//a"), "b00161");
    EXPECT_EQ(options_of("coap://1.2.3.4?a&b/?"), "d1026103622f3f");
    EXPECT_EQ(options_of("coap://1.2.3.4/%2f%3F%25"), "b32f3f25");
}

TEST(CoapUri, RefusesEverythingElse) {
    for (std::string const& uri : std::vector<std::string>{
             "",
             "coap:",
             "coap://",
             "coaps://1.2.3.4/a",
             "http://1.2.3.4/a",
             "coap://host/a",
             "coap://1.2.3/a",
             "coap://1.2.3.4.5/a",
             "coap://1.2.3.256/a",
             "coap://1.2.3.99999999999999999999/a",
             "coap://1.2.3.-4/a",
             "coap://1..3.4/a",
             "coap://[::1]/a",
             "coap://1.2.3.4:/a",
             "coap://1.2.3.4:0/a",
             "coap://1.2.3.4:65536/a",
             "coap://1.2.3.4:99999999999999999999/a",
             "coap://1.2.3.4:1x/a",
             "coap://1.2.3.4a",
             "coap://1.2.3.4/a#b",
             "coap://1.2.3.4/a b",
             "coap://1.2.3.4/%",
             "coap://1.2.3.4/%2",
             "coap://1.2.3.4/%2g",
             "coap://1.2.3.4/%g2",
             "coap://1.2.3.4/" + std::string(coap::config::fetch_options_bytes, 'a'),
             "coap://1.2.3.4/" + std::string(200, '/'),
         }) {
        EXPECT_EQ(options_of(uri), "nothing") << uri;
    }
    EXPECT_NE(
        options_of("coap://1.2.3.4/" + std::string(coap::config::fetch_options_bytes - 2, 'a')),
        "nothing");
}

}  // namespace
}  // namespace mbpf::test
