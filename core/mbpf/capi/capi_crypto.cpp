// SPDX-License-Identifier: MIT
#include "mbpf/capi/device_object.hpp"

namespace mbpf::capi {

namespace {

constinit mbpf_crypto_t primitives{};

template <class Array>
[[nodiscard]] std::uint8_t const* raw(Array const& bytes) {
    return as<std::uint8_t>(bytes.data());
}

port::Digest sha256(Bytes message) {
    port::Digest digest{};
    primitives.sha256(raw(message), message.size(), as<std::uint8_t>(digest.data()));
    return digest;
}

bool verify(port::PublicKey const& key, Bytes message, port::Signature const& signature) {
    return primitives.verify(raw(key), raw(message), message.size(), raw(signature)) == 1;
}

}  // namespace

port::Crypto crypto_of(mbpf_crypto_t const& crypto) {
    primitives = crypto;
    return {.sha256 = &sha256, .verify = &verify};
}

}  // namespace mbpf::capi
