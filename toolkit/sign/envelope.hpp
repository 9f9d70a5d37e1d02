// SPDX-License-Identifier: MIT
// Signed messages to devices: installations (SUIT envelopes) and commands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "toolkit/crypto/crypto.hpp"

namespace mbpf::toolkit::sign {

struct Installation {
    suit::Profile profile = suit::Profile::Ietf;
    suit::Component::Kind kind = suit::Component::Kind::Container;
    std::string name;
    std::uint32_t sequence{};
    suit::Recipients recipients;
    std::string uri;  // Where the image is; empty: in the envelope, or on the device already.
    port::Digest digest{};
    std::uint32_t image_bytes{};
};

// Digest and size of an image.
void describe_image(Installation& installation, Bytes image);

// With `image` as the payload, unless it is empty. A Failure if it cannot be written.
[[nodiscard]] std::vector<std::byte> write_envelope(Installation const& installation, Bytes image,
                                                    crypto::PrivateKey const& key);

enum class Operation : std::uint8_t { Start = 1, Stop = 2, Remove = 3, SetPolicy = 5 };

// For that device and no other.
[[nodiscard]] std::vector<std::byte> write_command(Operation operation, std::string const& name,
                                                   std::uint32_t sequence, Bytes policy,
                                                   suit::Identity const& device,
                                                   crypto::PrivateKey const& key);

}  // namespace mbpf::toolkit::sign
