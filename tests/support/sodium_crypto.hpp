// SPDX-License-Identifier: MIT
// The primitives of signed messages over libsodium, and people who sign with it.
#pragma once

#include <cstdint>

#include "device/host/crypto.hpp"
#include "mbpf/suit/suit.hpp"

namespace mbpf::test {

using device::sodium_crypto;

// A pair of keys made from 32 bytes of `seed`. Signs as long as it lives.
class KeyPair {
public:
    explicit KeyPair(std::uint8_t seed);
    KeyPair(KeyPair const&) = delete;
    KeyPair& operator=(KeyPair const&) = delete;

    [[nodiscard]] port::PublicKey const& key() const { return key_; }
    [[nodiscard]] suit::Signer signer();

private:
    port::PublicKey key_{};
    std::array<unsigned char, 64> secret_{};
};

}  // namespace mbpf::test
