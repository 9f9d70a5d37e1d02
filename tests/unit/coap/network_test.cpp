// SPDX-License-Identifier: MIT
// Over a network that loses, repeats and delays: what arrives is whole, and done once. Every run is
// that of its seed.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>

#include "tests/unit/coap/support/desk.hpp"

namespace mbpf::test {
namespace {

using coap::Code;
using coap::Fetch;
using coap::OptionNumber;
using coap::Type;

struct Weather {
    unsigned lost_percent{};
    unsigned repeated_percent{};
    std::uint32_t least_ms{};
    std::uint32_t most_ms{};
};

// Datagrams of two ends, at the time at which they arrive.
class Network {
public:
    Network(Weather weather, unsigned seed) : weather_{weather}, random_{seed} {}

    void send(bool to_server, Bytes datagram, std::uint32_t now_ms) {
        std::uint32_t copies = below(100) < weather_.repeated_percent ? 2 : 1;
        for (; copies > 0; --copies) {
            if (below(100) >= weather_.lost_percent) {
                std::uint32_t const delay_ms =
                    weather_.least_ms + below(weather_.most_ms - weather_.least_ms + 1);
                under_way_.emplace(now_ms + delay_ms,
                                   Datagram{to_server, std::string{as_text(datagram)}});
            }
        }
    }

    struct Datagram {
        bool to_server{};
        std::string bytes;
    };
    std::optional<Datagram> arrived(std::uint32_t now_ms) {
        if (under_way_.empty() || under_way_.begin()->first > now_ms) {
            return std::nullopt;
        }
        Datagram const datagram = under_way_.begin()->second;
        under_way_.erase(under_way_.begin());
        return datagram;
    }
    std::uint32_t below(std::uint32_t bound) { return std::uint32_t(random_() % bound); }

private:
    Weather weather_;
    std::mt19937 random_;
    std::multimap<std::uint32_t, Datagram> under_way_;
};

// Sends one confirmable request at a time and waits for its response, as RFC 7252 says.
class Client {
public:
    explicit Client(std::function<void(Bytes)> send) : send_{std::move(send)} {}

    void ask(Draft const& draft, std::uint32_t now_ms) {
        id_ = draft.id;
        token_ = draft.token;
        request_ = draft.datagram();
        is_open = true;
        response.reset();
        is_acknowledged_ = false;
        retransmission_.start(2500, now_ms);
        send_(as_bytes(request_));
    }
    void poll(std::uint32_t now_ms) {
        if (!is_open || !coap::is_due(retransmission_.deadline_ms, now_ms)) {
            return;
        }
        if (!is_acknowledged_ && retransmission_.again(now_ms)) {
            send_(as_bytes(request_));
        } else {
            is_open = false;
        }
    }
    void receive(std::string const& datagram, std::uint32_t now_ms) {
        coap::Message const message = coap::parse(as_bytes(datagram));
        if (message.type == Type::Confirmable) {
            Draft const ack{
                .type = Type::Acknowledgement, .code = Code::Empty, .id = message.id, .token = ""};
            send_(as_bytes(ack.datagram()));
        } else if (message.id != id_) {
            return;
        }
        if (is_open && message.code == Code::Empty) {
            is_acknowledged_ = true;
            retransmission_.deadline_ms = now_ms + 120'000;
        } else if (is_open && as_text(message.token) == token_) {
            response = Sent{{}, datagram};
            is_open = false;
        }
    }

    bool is_open = false;
    std::optional<Sent> response;

private:
    std::function<void(Bytes)> send_;
    std::uint16_t id_{};
    std::string token_;
    std::string request_;
    bool is_acknowledged_ = false;
    coap::Retransmission retransmission_;
};

class World {
public:
    World(Weather weather, unsigned seed)
        : network{weather, seed},
          resources{{this,
                     [](void* context, coap::Peer const&, Bytes datagram) {
                         World& world = *static_cast<World*>(context);
                         world.network.send(false, datagram, world.now_ms);
                     }},
                    seed},
          client{[this](Bytes datagram) { network.send(true, datagram, now_ms); }},
          fetch{{this,
                 [](void* context, coap::Peer const&, Bytes datagram) {
                     World& world = *static_cast<World*>(context);
                     world.network.send(true, datagram, world.now_ms);
                 }},
                seed + 1} {}

    void step() {
        constexpr std::uint32_t step_ms = 10;
        now_ms += step_ms;
        while (std::optional<Network::Datagram> const datagram = network.arrived(now_ms)) {
            if (datagram->to_server) {
                resources.receive(peer_at(1), as_bytes(datagram->bytes), now_ms);
            } else if (!fetch.receive(peer_at(9), as_bytes(datagram->bytes), now_ms)) {
                client.receive(datagram->bytes, now_ms);
            }
        }
        static_cast<void>(resources.poll(now_ms));
        static_cast<void>(fetch.poll(now_ms));
        client.poll(now_ms);
    }
    std::optional<Sent> ask(Draft draft) {
        draft.id = ++id_;
        draft.token = "t" + std::to_string(id_);
        client.ask(draft, now_ms);
        while (client.is_open) {
            step();
        }
        return client.response;
    }

    std::uint32_t now_ms = 0;
    Network network;
    CoapResources resources;
    Client client;
    Fetch fetch;

private:
    std::uint16_t id_ = 0;
};

// Delays are shorter than what eight exchanges take: so long the server remembers.
constexpr std::array weathers{
    Weather{0, 0, 1, 1},      Weather{0, 50, 20, 100},  Weather{20, 0, 20, 100},
    Weather{20, 20, 20, 150}, Weather{40, 40, 50, 350}, Weather{0, 100, 50, 350},
};

class CoapNetwork : public testing::TestWithParam<Weather> {};
INSTANTIATE_TEST_SUITE_P(Weather, CoapNetwork, testing::ValuesIn(weathers),
                         [](auto const& test) { return std::to_string(test.index); });

TEST_P(CoapNetwork, APostIsExecutedOnce) {
    int answered = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        World world{GetParam(), seed};
        for (int i = 0; i < 20; ++i) {
            std::string const payload = "post " + std::to_string(i);
            bool const is_slow = world.network.below(3) == 0;
            std::optional<Sent> const response =
                world.ask({.code = Code::Post,
                           .options = {path(is_slow ? "slow" : "echo")},
                           .payload = payload});
            EXPECT_LE(world.resources.posts[payload], 1) << "seed " << seed;
            if (response.has_value()) {
                ++answered;
                EXPECT_EQ(world.resources.posts[payload], 1) << "seed " << seed;
                EXPECT_EQ(response->payload(), (is_slow ? "slow " : "") + payload);
            }
        }
        for (int i = 0; i < 100; ++i) {
            world.step();  // Copies that come late.
        }
        for (auto const& [payload, times] : world.resources.posts) {
            EXPECT_LE(times, 1) << payload << ", seed " << seed;
        }
    }
    EXPECT_GE(answered, GetParam().lost_percent == 0 ? 400 : 320);
}

TEST_P(CoapNetwork, AnUploadArrivesWhole) {
    int whole = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        World world{GetParam(), seed};
        std::string const text = big_text(1 + world.network.below(3000));
        std::uint32_t const exponent = world.network.below(7);
        std::size_t const size = std::size_t{16} << exponent;
        std::optional<Sent> response;
        for (std::uint32_t block = 0; block * size < text.size(); ++block) {
            bool const has_more = (block + 1) * size < text.size();
            response = world.ask(
                {.code = Code::Put,
                 .options = {path("upload"), number(OptionNumber::Block1,
                                                    block << 4 | (has_more ? 8u : 0u) | exponent)},
                 .payload = text.substr(block * size, size)});
            if (!response.has_value()) {
                break;  // Five copies were lost.
            }
            ASSERT_EQ(response->message().code, has_more ? Code::Continue : Code::Changed);
        }
        if (response.has_value()) {
            EXPECT_EQ(response->payload(), upload_summary(text)) << "seed " << seed;
            ++whole;
        }
    }
    EXPECT_GE(whole, GetParam().lost_percent == 0 ? 20 : 5);
}

TEST_P(CoapNetwork, ADownloadArrivesWhole) {
    int whole = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        World world{GetParam(), seed};
        std::size_t const bytes = world.network.below(4000);
        std::string got;
        coap::Sink const sink{&got, [](void* context, std::uint32_t offset_bytes, Bytes block) {
                                  std::string& all = *static_cast<std::string*>(context);
                                  EXPECT_EQ(all.size(), offset_bytes);
                                  all += as_text(block);
                                  return true;
                              }};
        coap::Target const target =
            coap::parse_uri("coap://10.0.0.1:9/big?bytes=" + std::to_string(bytes)).value();
        ASSERT_TRUE(world.fetch.start(target, std::uint16_t(64u << world.network.below(4)), sink,
                                      world.now_ms));
        while (world.fetch.state() == Fetch::State::Running) {
            world.step();
        }
        if (world.fetch.state() == Fetch::State::Done) {
            EXPECT_EQ(got, big_text(bytes)) << "seed " << seed;
            ++whole;
        } else {
            EXPECT_EQ(world.fetch.state(), Fetch::State::TimedOut) << "seed " << seed;
        }
    }
    EXPECT_GE(whole, GetParam().lost_percent == 0 ? 20 : 5);
}

}  // namespace
}  // namespace mbpf::test
