// SPDX-License-Identifier: MIT
// The head of an envelope: all of it but the payload, which is last and goes to flash as it comes.
#pragma once

#include "mbpf/suit/sign1.hpp"

namespace mbpf::suit {

// Views of the bytes it was read from, which must outlive it.
struct Head {
    Profile profile{};
    Sign1 signature;
    Bytes digest;                     // Of `manifest`; what the signature is over.
    Bytes manifest;                   // With the head of its byte string.
    std::uint32_t manifest_offset{};  // In the envelope.
    std::uint32_t payload_offset{};   // In the envelope; its end if there is no payload.
    std::uint32_t payload_bytes{};    // 0: the payload is elsewhere.
    std::uint32_t total_bytes{};      // Of the envelope.
};

// Reads the envelope whose first bytes are `prefix`. Truncated: wait for more, for at least as many
// as `allowed` says. Nothing in the head is to be believed before it is verified.
[[nodiscard]] Head read_head(Attempt& attempt, Bytes prefix);
[[nodiscard]] inline Result<Head> read_head(Bytes prefix) {
    return result_of([&](Attempt& attempt) { return read_head(attempt, prefix); });
}

// The index of the key that signed the manifest. `head` was read without failure.
[[nodiscard]] std::uint32_t verify(Attempt& attempt, Head const& head, Keys const& keys,
                                   port::Crypto const& crypto);
[[nodiscard]] inline Result<std::uint32_t> verify(Head const& head, Keys const& keys,
                                                  port::Crypto const& crypto) {
    return result_of([&](Attempt& attempt) { return verify(attempt, head, keys, crypto); });
}

}  // namespace mbpf::suit
