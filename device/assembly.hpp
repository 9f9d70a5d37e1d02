// SPDX-License-Identifier: MIT
// A whole device from its parts. One flow of control calls it: with datagrams as they arrive, and
// poll() in between.
#pragma once

#include "mbpf/agent/agent.hpp"

namespace mbpf::device {

// How flash is divided: 4 KiB of journal per half, 8 KiB per image, if a sector has 4 KiB.
inline constexpr storage::Layout flash_layout{1, 2};
inline constexpr std::uint16_t coap_port = 5683;  // RFC 7252 section 6.1

// UUIDs of version 5 (RFC 9562): of the name "microbpf" among domain names, and of the name of the
// board in that.
inline constexpr std::array<std::uint8_t, 16> vendor_id{
    0xb8, 0x27, 0x7c, 0xc5, 0xc8, 0x40, 0x5a, 0xd0, 0x9a, 0xfa, 0x97, 0x21, 0xcd, 0xdc, 0xe0, 0x4f};

// All of it outlives the device.
struct Parts {
    port::Flash flash;
    port::Crypto crypto;
    container::Platform platform;
    coap::Ports ports;
    agent::DeviceInfo info;
    std::uint32_t seed{};  // Different after each start.
    agent::Extension extension;
};

[[nodiscard]] suit::Identity identity_of(std::array<std::uint8_t, 16> const& device_class,
                                         suit::Uuid const& device);
// The id of a device as 32 hexadecimal digits; nothing if it is something else.
[[nodiscard]] std::optional<suit::Uuid> parse_id(std::string_view text);

class Device {
public:
    explicit Device(Parts const& parts)
        : parts_{parts},
          runtime_{storage_, parts.platform},
          agent_{runtime_, parts.info, parts.crypto, parts.ports, parts.seed, parts.extension} {}

    // Mounts the storage and starts its containers. Faults: those of Storage::mount().
    [[nodiscard]] Result<void> start();
    void receive(coap::Peer const& from, Bytes datagram) { agent_.receive(from, datagram); }
    // Returns for how many microseconds it need not be called, if nothing arrives.
    std::uint64_t poll();

    [[nodiscard]] container::Runtime& runtime() { return runtime_; }

private:
    Parts const& parts_;
    storage::Storage storage_;
    container::Runtime runtime_;
    agent::Agent agent_;
};

}  // namespace mbpf::device
