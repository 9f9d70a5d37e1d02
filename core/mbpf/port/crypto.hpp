// SPDX-License-Identifier: MIT
// The primitives that signed messages need, from a library of the platform's choice.
#pragma once

#include <array>
#include <cstddef>

#include "mbpf/base/base.hpp"

namespace mbpf::port {

using Digest = std::array<std::byte, 32>;     // SHA-256, FIPS 180-4
using PublicKey = std::array<std::byte, 32>;  // Ed25519, RFC 8032 section 5.1.5
using Signature = std::array<std::byte, 64>;  // Ed25519, RFC 8032 section 5.1.6

struct Crypto {
    Digest (*sha256)(Bytes message){};
    // RFC 8032 section 5.1.7.
    bool (*verify)(PublicKey const& key, Bytes message, Signature const& signature){};
};

}  // namespace mbpf::port
