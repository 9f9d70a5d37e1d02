// SPDX-License-Identifier: MIT
// Any sequence of datagrams to the server and the client. The input is steps: one byte of what to
// do, one of who or how long, and for a datagram two of its length. Invariants: a datagram gets one
// answer at most; whatever is sent is well-formed; a POST of a peer is executed once for one id.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tests/support/coap_resources.hpp"

namespace mbpf::fuzz {
namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

class Session {
public:
    void run(Bytes input) {
        constexpr std::size_t step_bytes = 4;
        for (std::size_t steps = 0; input.size() >= step_bytes && steps < max_steps; ++steps) {
            auto const what = std::uint32_t(input[0]);
            auto const argument = std::uint32_t(input[1]);
            std::size_t const size =
                std::min<std::size_t>(load<std::uint16_t>(input, 2), input.size() - step_bytes);
            Bytes const datagram = input.subspan(step_bytes, size);
            input = input.subspan(step_bytes + size);
            step(what, argument, datagram);
        }
        for (int i = 0; i < 20; ++i) {
            advance(30'000);
        }
    }

private:
    static constexpr std::size_t max_steps = 64;

    void step(std::uint32_t what, std::uint32_t argument, Bytes datagram) {
        switch (what % 8) {
            case 0: advance(argument * 20); break;
            case 1: advance(argument * 2000); break;
            case 2: resources_.server.changed(argument); break;
            case 3: fetch(std::uint16_t(16u << argument % 7), datagram); break;
            case 4: answer_fetch(datagram); break;
            default: receive(argument % 3, datagram); break;
        }
    }
    void advance(std::uint32_t ms) {
        now_ms_ += ms;
        static_cast<void>(resources_.poll(now_ms_));
        static_cast<void>(fetch_.poll(now_ms_));
    }
    void receive(std::uint32_t port, Bytes datagram) {
        // Of that very size, so that a sanitizer sees who reads behind it.
        std::vector<std::byte> const exact{datagram.begin(), datagram.end()};
        coap::Peer const peer{.port = std::uint16_t(port)};
        sent_ = 0;
        resources_.receive(peer, exact, now_ms_);
        require(sent_ <= 1);
        std::map<std::string, int> const posts = resources_.posts;
        resources_.receive(peer, exact, now_ms_);
        require(posts == resources_.posts);
    }
    void fetch(std::uint16_t block_bytes, Bytes uri) {
        if (std::optional<coap::Target> const target = coap::parse_uri(as_text(uri))) {
            got_ = 0;
            require(fetch_.start(*target, block_bytes, {this, take}, now_ms_));
            peer_ = target->peer;
        }
    }
    // A datagram with the id and the token that the client waits for, if it is long enough.
    void answer_fetch(Bytes datagram) {
        std::vector<std::byte> exact{datagram.begin(), datagram.end()};
        if (!request_.empty() && exact.size() >= 2 + request_.size()) {
            std::copy(request_.begin(), request_.end(), exact.begin() + 2);
        }
        sent_ = 0;
        static_cast<void>(fetch_.receive(peer_, exact, now_ms_));
        require(sent_ <= 2);  // An acknowledgement and the next request.
    }

    static void send(void* context, coap::Peer const&, Bytes datagram) {
        Session& session = *static_cast<Session*>(context);
        ++session.sent_;
        coap::Message const message = coap::parse(datagram);
        require(message.verdict == coap::Verdict::Good);
        if (coap::is_request(message.code)) {
            constexpr std::size_t id_and_token_bytes = 6;
            session.request_.assign(datagram.begin() + 2,
                                    datagram.begin() + 2 + id_and_token_bytes);
        }
    }
    static bool take(void* context, std::uint32_t offset_bytes, Bytes block) {
        Session& session = *static_cast<Session*>(context);
        require(session.got_ == offset_bytes);
        session.got_ += std::uint32_t(block.size());
        return session.got_ < 100'000;
    }

    std::uint32_t now_ms_ = 0;
    std::uint32_t got_ = 0;
    int sent_ = 0;
    std::vector<std::byte> request_;
    coap::Peer peer_;
    test::CoapResources resources_{{this, send}, 1};
    coap::Fetch fetch_{{this, send}, 2};
};

}  // namespace
}  // namespace mbpf::fuzz

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    mbpf::fuzz::Session session;
    session.run({reinterpret_cast<std::byte const*>(data), size});
    return 0;
}
