// SPDX-License-Identifier: MIT
// coap://192.0.2.1:5683/path?query (RFC 7252 section 6), the form that names a host by number.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "mbpf/coap/config.hpp"
#include "mbpf/coap/peer.hpp"

namespace mbpf::coap {

inline constexpr std::uint16_t default_port = 5683;

struct Target {
    Peer peer;  // 4 address bytes, in network order.
    std::array<std::byte, config::fetch_options_bytes> options{};  // Uri-Path and Uri-Query.
    std::uint8_t options_bytes{};
};

// Nothing if `uri` is not of that form, or longer than the options of a target.
[[nodiscard]] std::optional<Target> parse_uri(std::string_view uri);

}  // namespace mbpf::coap
