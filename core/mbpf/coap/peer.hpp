// SPDX-License-Identifier: MIT
// The other end of an exchange, and the way to it. Only the platform knows what an address means.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::coap {

struct Peer {
    std::array<std::byte, 16> address{};  // Zeros behind `address_bytes`.
    std::uint16_t port{};
    std::uint8_t address_bytes{};

    friend bool operator==(Peer const& a, Peer const& b) {
        constexpr std::size_t bytes = offsetof(Peer, address_bytes) + 1;  // Without padding.
        static_assert(bytes == sizeof address + sizeof port + sizeof address_bytes);
        return equal(&a, bytes, &b, bytes);
    }
};

struct Ports {
    void* context{};
    // `datagram` lives until the function returns. It may be lost: CoAP expects that.
    void (*send)(void* context, Peer const& to, Bytes datagram){};
};

// What poll() answers if it has nothing to wait for.
inline constexpr std::uint32_t no_deadline = 0xffff'ffff;

// Times are in ms and wrap; two that are compared are less than 24 days apart.
[[nodiscard]] constexpr bool is_due(std::uint32_t deadline_ms, std::uint32_t now_ms) {
    return std::int32_t(now_ms - deadline_ms) >= 0;
}

}  // namespace mbpf::coap
