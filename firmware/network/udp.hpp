// SPDX-License-Identifier: MIT
// The network of a board: UDP over IPv4 on one Ethernet controller, lwIP inside. Nothing allocates
// but from lwIP's pools, whose sizes are in lwipopts.h.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::firmware {

// Addresses read as they are written: 10.0.2.15 is 0x0a00'020f.
struct NetworkAddresses {
    std::uint32_t own{};
    std::uint32_t mask{};
    std::uint32_t gateway{};
};

struct Peer {
    std::uint32_t address{};
    std::uint16_t port{};

    friend bool operator==(Peer const&, Peer const&) = default;
};

inline constexpr std::size_t max_datagram_bytes = 1472;  // What a frame has room for

// Once, before the first Udp. False if the board has no such controller.
[[nodiscard]] bool start_network(NetworkAddresses const& addresses);

inline constexpr std::uint16_t any_port = 0;  // One that is free.

// One port. It stays where it is, and stays open.
class Udp {
public:
    // `datagram` is valid, and 4-aligned, until the function returns. It may call send().
    using Receive = void (*)(void* context, Peer const& peer, Bytes datagram);

    Udp() = default;
    Udp(Udp const&) = delete;
    Udp& operator=(Udp const&) = delete;

    // False if all ports there can be are open, or this one is.
    [[nodiscard]] bool open(std::uint16_t port, Receive receive, void* context);
    // Takes in what has arrived, for all ports, and lets time pass for the protocols. Bounded: a
    // flood of frames does not keep it.
    void poll();
    // False if it cannot be sent now. A datagram may get lost even so.
    [[nodiscard]] bool send(Peer const& peer, Bytes datagram);

    // For the library underneath.
    void deliver(Peer const& peer, Bytes datagram) const { receive_(context_, peer, datagram); }

private:
    void* socket_ = nullptr;
    Receive receive_ = nullptr;
    void* context_ = nullptr;
};

}  // namespace mbpf::firmware
