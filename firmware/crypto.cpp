// SPDX-License-Identifier: MIT
#include "firmware/crypto.hpp"

#include <crypto_hash_sha256.h>
#include <crypto_sign_ed25519.h>

namespace mbpf::firmware {

namespace {

unsigned char const* chars(void const* bytes) { return static_cast<unsigned char const*>(bytes); }

port::Digest sha256(Bytes message) {
    port::Digest digest;
    void* const out = digest.data();
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, chars(message.data()), message.size());
    crypto_hash_sha256_final(&state, static_cast<unsigned char*>(out));
    return digest;
}

bool verify(port::PublicKey const& key, Bytes message, port::Signature const& signature) {
    return crypto_sign_ed25519_verify_detached(chars(signature.data()), chars(message.data()),
                                               message.size(), chars(key.data())) == 0;
}

}  // namespace

port::Crypto crypto() { return {.sha256 = sha256, .verify = verify}; }

}  // namespace mbpf::firmware
