// SPDX-License-Identifier: MIT
// A CoAP server with one resource for each thing that it can do: unit tests, the fuzzer and the
// peers of tests/coap meet the same.
//
//   POST echo             the payload              GET, POST counter  observable; POST adds one
//   GET big?bytes=N       N bytes, 5000 if not said  GET, POST slow   deferred by a second
//   POST upload           Block1; "<length> <checksum>"  GET .well-known/core
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mbpf/coap/coap.hpp"

namespace mbpf::test {

[[nodiscard]] std::string big_text(std::size_t bytes);
// What `upload` says of such a text.
[[nodiscard]] std::string upload_summary(std::string const& text);

class CoapResources {
public:
    static constexpr std::uint32_t counter_key = 7;
    static constexpr std::uint32_t slow_ms = 1000;

    CoapResources(coap::Ports const& ports, std::uint32_t seed)
        : server{ports, {.context = this, .handle = handle}, seed} {}

    void receive(coap::Peer const& from, Bytes datagram, std::uint32_t now_ms);
    [[nodiscard]] std::uint32_t poll(std::uint32_t now_ms);

    coap::Server server;
    std::map<std::string, int> posts;     // How often each payload was posted to echo or slow.
    std::map<std::string, int> requests;  // How often each resource was asked.
    std::uint32_t counter = 0;
    std::vector<std::uint32_t> completed;  // Exchanges that the server still waited for.

private:
    struct Deferred {
        std::uint32_t exchange{};
        std::uint32_t due_ms{};
        std::string payload;
    };

    static coap::Outcome handle(void* context, coap::Request const& request, coap::Reply& reply);
    coap::Outcome answer(coap::Request const& request, coap::Reply& reply);
    coap::Outcome upload(coap::Request const& request, coap::Reply& reply);

    std::uint32_t now_ms_ = 0;
    std::string uploaded_;
    std::vector<Deferred> deferred_;
};

}  // namespace mbpf::test
