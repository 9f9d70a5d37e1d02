// SPDX-License-Identifier: MIT
// A command whose sender is known: a COSE_Sign1 with its payload attached, signed in a domain of
// its own so that it is never taken for a manifest, nor a manifest for it, and for one device, so
// that no other takes it.
#pragma once

#include "mbpf/suit/manifest.hpp"
#include "mbpf/suit/sign1.hpp"

namespace mbpf::suit {

// Followed by vendor, class and device id of the device.
inline constexpr std::string_view command_domain = "mbpf-command";

struct SignedCommand {
    Bytes payload;
    std::uint32_t signer{};  // Index of the key.
};

// As a step of an attempt, or by itself.
[[nodiscard]] SignedCommand open_command(Attempt& attempt, Bytes message, Identity const& device,
                                         Keys const& keys, port::Crypto const& crypto);
[[nodiscard]] inline Result<SignedCommand> open_command(Bytes message, Identity const& device,
                                                        Keys const& keys,
                                                        port::Crypto const& crypto) {
    return result_of(
        [&](Attempt& attempt) { return open_command(attempt, message, device, keys, crypto); });
}

// Returns what it wrote to `out`.
[[nodiscard]] Result<Bytes> write_command(Bytes payload, Identity const& device,
                                          Signer const& signer, port::Crypto const& crypto,
                                          WritableBytes out);

}  // namespace mbpf::suit
