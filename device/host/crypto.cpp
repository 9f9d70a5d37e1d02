// SPDX-License-Identifier: MIT
#include "device/host/crypto.hpp"

#include <sodium.h>

namespace mbpf::device {

namespace {

[[nodiscard]] unsigned char const* raw(std::byte const* bytes) {
    return reinterpret_cast<unsigned char const*>(bytes);
}

port::Digest sha256(Bytes message) {
    port::Digest digest{};
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()), raw(message.data()),
                       message.size());
    return digest;
}

bool verify(port::PublicKey const& key, Bytes message, port::Signature const& signature) {
    return crypto_sign_verify_detached(raw(signature.data()), raw(message.data()), message.size(),
                                       raw(key.data())) == 0;
}

}  // namespace

port::Crypto sodium_crypto() { return {.sha256 = sha256, .verify = verify}; }

}  // namespace mbpf::device
