// SPDX-License-Identifier: MIT
// Messages in, messages out.
#include "tests/unit/coap/support/desk.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace mbpf::test {

coap::Peer peer_at(std::uint16_t port) {
    return {.address = {std::byte{10}, std::byte{0}, std::byte{0}, std::byte{1}},
            .port = port,
            .address_bytes = 4};
}

OptionValue path(std::string value) { return {coap::OptionNumber::UriPath, std::move(value)}; }

OptionValue number(coap::OptionNumber option, std::uint32_t value) {
    std::string bytes;
    for (; value != 0; value >>= 8) {
        bytes.insert(bytes.begin(), char(value));
    }
    return {option, bytes};
}

std::string Draft::datagram() const {
    std::array<std::byte, 2048> room{};
    coap::Builder builder{room};
    builder.start(type, code, id, as_bytes(token));
    for (OptionValue const& option : options) {
        builder.option(option.number, as_bytes(option.value));
    }
    builder.payload(as_bytes(payload));
    if (!builder.is_good()) {
        throw std::logic_error{"a draft that cannot be written"};
    }
    return std::string{as_text(builder.bytes())};
}

std::int64_t Sent::option(coap::OptionNumber number) const {
    coap::Message const parsed = message();
    coap::OptionReader reader{parsed.options};
    while (reader.next()) {
        if (reader.number() == number) {
            return reader.integer();
        }
    }
    return -1;
}

bool Sent::is_empty(coap::Type type, std::uint16_t id) const {
    coap::Message const parsed = message();
    return parsed.verdict == coap::Verdict::Good && parsed.code == coap::Code::Empty &&
           parsed.type == type && parsed.id == id;
}

void Desk::send(void* context, coap::Peer const& to, Bytes datagram) {
    static_cast<Desk*>(context)->sent.push_back({to, std::string{as_text(datagram)}});
}

void Desk::receive(Draft const& draft, std::uint16_t port) {
    receive_raw(as_bytes(draft.datagram()), port);
}

void Desk::receive_raw(Bytes datagram, std::uint16_t port) {
    // A copy of that very size, so that a sanitizer sees who reads behind it.
    std::vector<std::byte> const exact{datagram.begin(), datagram.end()};
    resources.receive(peer_at(port), exact, now_ms);
}

Sent Desk::ask(Draft const& draft, std::uint16_t port) {
    sent.clear();
    receive(draft, port);
    return take_one();
}

void Desk::wait(std::uint32_t ms) {
    std::uint32_t const end = now_ms + ms;
    while (true) {
        std::uint32_t const wait_ms = resources.poll(now_ms);
        if (wait_ms > end - now_ms) {
            break;
        }
        now_ms += std::max(wait_ms, 1u);
        if (coap::is_due(end, now_ms)) {
            break;
        }
    }
    now_ms = end;
    static_cast<void>(resources.poll(now_ms));
}

std::vector<Sent> Desk::take_sent() { return std::exchange(sent, {}); }

Sent Desk::take_one() {
    std::vector<Sent> const all = take_sent();
    if (all.size() != 1) {
        throw std::logic_error{std::to_string(all.size()) + " messages instead of one"};
    }
    return all[0];
}

}  // namespace mbpf::test
