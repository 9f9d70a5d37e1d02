// SPDX-License-Identifier: MIT
#include "tests/support/sodium_crypto.hpp"

#include <sodium.h>

namespace mbpf::test {

namespace {

[[nodiscard]] unsigned char const* raw(std::byte const* bytes) {
    return reinterpret_cast<unsigned char const*>(bytes);
}

[[nodiscard]] unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}

port::Signature sign(void* context, Bytes message) {
    port::Signature signature{};
    crypto_sign_detached(raw(signature.data()), nullptr, raw(message.data()), message.size(),
                         static_cast<unsigned char const*>(context));
    return signature;
}

}  // namespace

KeyPair::KeyPair(std::uint8_t seed) {
    std::array<unsigned char, crypto_sign_SEEDBYTES> seeds{};
    seeds.fill(seed);
    crypto_sign_seed_keypair(raw(key_.data()), secret_.data(), seeds.data());
}

suit::Signer KeyPair::signer() { return {.key = key_, .context = secret_.data(), .sign = sign}; }

}  // namespace mbpf::test
