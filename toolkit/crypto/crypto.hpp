// SPDX-License-Identifier: MIT
// Ed25519 keys and SHA-256, of OpenSSL, which no other part includes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mbpf/suit/suit.hpp"

namespace mbpf::toolkit::crypto {

[[nodiscard]] port::Crypto functions();

// "a1b2c3d4e5f60718", the first bytes of the SHA-256 of a public key.
[[nodiscard]] std::string key_id(port::PublicKey const& key);

// Invariant: it holds an Ed25519 key.
class PrivateKey {
public:
    [[nodiscard]] static PrivateKey generate();
    // Nothing if the text is no such key: PKCS#8 in PEM, without a passphrase.
    [[nodiscard]] static std::optional<PrivateKey> read(std::string_view pem);

    [[nodiscard]] std::string pem() const;
    [[nodiscard]] port::PublicKey public_key() const;
    // Lives as long as the key.
    [[nodiscard]] suit::Signer signer() const;

private:
    explicit PrivateKey(std::shared_ptr<void> key) : key_{std::move(key)} {}

    std::shared_ptr<void> key_;
};

// SubjectPublicKeyInfo in PEM.
[[nodiscard]] std::string public_pem(port::PublicKey const& key);
[[nodiscard]] std::optional<port::PublicKey> read_public(std::string_view pem);

// Version 5 of RFC 9562: of a name in a space of names.
[[nodiscard]] suit::Uuid name_uuid(suit::Uuid const& space, std::string_view name);

}  // namespace mbpf::toolkit::crypto
