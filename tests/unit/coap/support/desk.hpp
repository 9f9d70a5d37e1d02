// SPDX-License-Identifier: MIT
// The resources with a list of what they send instead of a network, and messages as C++.
#pragma once

#include <string>
#include <vector>

#include "tests/support/coap_resources.hpp"
#include "tests/support/hex.hpp"

namespace mbpf::test {

[[nodiscard]] coap::Peer peer_at(std::uint16_t port);

struct OptionValue {
    coap::OptionNumber number{};
    std::string value;
};

[[nodiscard]] OptionValue path(std::string value);
[[nodiscard]] OptionValue number(coap::OptionNumber option, std::uint32_t value);

struct Draft {
    coap::Type type = coap::Type::Confirmable;
    coap::Code code = coap::Code::Get;
    std::uint16_t id = 1;
    std::string token = "t";
    std::vector<OptionValue> options{};  // In ascending order.
    std::string payload{};

    [[nodiscard]] std::string datagram() const;
};

// A message that was sent, and lives on.
struct Sent {
    coap::Peer to;
    std::string datagram;

    [[nodiscard]] coap::Message message() const { return coap::parse(as_bytes(datagram)); }
    [[nodiscard]] std::string payload() const { return std::string{as_text(message().payload)}; }
    // Of the option as an integer, or -1.
    [[nodiscard]] std::int64_t option(coap::OptionNumber number) const;
    [[nodiscard]] bool is_empty(coap::Type type, std::uint16_t id) const;
};

class Desk {
public:
    Desk() = default;
    Desk(Desk const&) = delete;
    Desk& operator=(Desk const&) = delete;

    void receive(Draft const& draft, std::uint16_t port = 1);
    void receive_raw(Bytes datagram, std::uint16_t port = 1);
    // Receives, polls, and answers the one message that was sent; throws if there is not one.
    Sent ask(Draft const& draft, std::uint16_t port = 1);
    // Lets time pass, polling when the server wants it.
    void wait(std::uint32_t ms);
    [[nodiscard]] std::vector<Sent> take_sent();
    [[nodiscard]] Sent take_one();

    std::uint32_t now_ms = 0xffff'f000;  // Soon to wrap.
    std::vector<Sent> sent;
    CoapResources resources{{.context = this, .send = send}, 1};

private:
    static void send(void* context, coap::Peer const& to, Bytes datagram);
};

}  // namespace mbpf::test
