// SPDX-License-Identifier: MIT
// What the server remembers of a request and of an observer.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/coap/block.hpp"
#include "mbpf/coap/config.hpp"
#include "mbpf/coap/message.hpp"
#include "mbpf/coap/peer.hpp"

namespace mbpf::coap {

class Token {
public:
    Token() = default;
    explicit Token(Bytes bytes);
    [[nodiscard]] Bytes bytes() const { return Bytes{bytes_}.first(size_); }

    friend bool operator==(Token const& a, Token const& b) { return equal(a.bytes(), b.bytes()); }

private:
    std::array<std::byte, max_token_bytes> bytes_{};
    std::uint8_t size_ = 0;
};

// When to send again what must be acknowledged (RFC 7252 section 4.2).
struct Retransmission {
    std::uint32_t deadline_ms{};
    std::uint32_t timeout_ms{};
    std::uint8_t attempts{};

    void start(std::uint32_t first_timeout_ms, std::uint32_t now_ms) {
        timeout_ms = first_timeout_ms;
        deadline_ms = now_ms + timeout_ms;
        attempts = 0;
    }
    // Whether to send once more.
    [[nodiscard]] bool again(std::uint32_t now_ms) {
        if (attempts == config::max_retransmit) {
            return false;
        }
        ++attempts;
        timeout_ms *= 2;
        deadline_ms = now_ms + timeout_ms;
        return true;
    }
};

// A request from its arrival until no copy of it can arrive any more.
//
//   Free -> Handling -> Kept -> Free          answered at once
//              |          ^
//              v          |
//            Open ----> Ready ----> Sending   deferred; Ready: complete() has been called
//              |          ^            |
//              v          |            v
//            Waiting -----+          Kept     Waiting: the client knows that it will take longer
struct Exchange {
    enum class State : std::uint8_t { Free, Handling, Open, Waiting, Ready, Sending, Kept };

    State state = State::Free;
    bool is_confirmable{};
    bool is_acknowledged{};  // By an empty message: the response is one of its own.
    bool is_safe{};          // It may be executed again, so it is forgotten first.
    Peer peer;
    Token token;
    std::uint16_t request_id{};
    std::uint16_t response_id{};
    std::uint16_t reply_bytes{};
    std::uint16_t generation{};  // So that an old number is not taken for that of a later exchange.
    std::uint32_t born_ms{};
    Block block1;                   // To be echoed by the last response.
    Retransmission retransmission;  // Its deadline is that of every state.
    std::array<std::byte, config::stored_reply_bytes> reply{};

    [[nodiscard]] bool is_free() const { return state == State::Free; }
    [[nodiscard]] Bytes datagram() const { return Bytes{reply}.first(reply_bytes); }
};

struct Observer {
    bool is_registered{};
    bool is_changed{};     // A notification is due.
    bool is_confirming{};  // The last was confirmable, and is not yet acknowledged.
    std::uint8_t since_confirmed{};
    std::uint8_t options_bytes{};
    std::uint16_t last_id{};
    Peer peer;
    Token token;
    std::uint32_t resource_key{};
    std::uint32_t confirmed_ms{};
    Retransmission retransmission;
    std::array<std::byte, config::stored_options_bytes> options{};
};

}  // namespace mbpf::coap
