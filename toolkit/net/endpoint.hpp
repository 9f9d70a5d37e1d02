// SPDX-License-Identifier: MIT
// Where a device listens: coap://HOST[:PORT].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mbpf::toolkit::net {

inline constexpr std::uint16_t coap_port = 5683;  // RFC 7252, section 6.1

struct Endpoint {
    std::string host;  // Name or address, IPv6 without brackets.
    std::uint16_t port = coap_port;

    [[nodiscard]] std::string text() const;  // As a URI.

    friend bool operator==(Endpoint const&, Endpoint const&) = default;
};

// Nothing if `text` is no such URI, or has a path.
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);

}  // namespace mbpf::toolkit::net
