// SPDX-License-Identifier: MIT
// An envelope as far as anybody can read it: whoever it is for.
#pragma once

#include <optional>
#include <vector>

#include "mbpf/suit/suit.hpp"

namespace mbpf::toolkit::manifest {

// Views the bytes of the envelope.
struct Contents {
    suit::Head head;
    suit::Identity recipient;  // Zeros where the manifest does not say.
    bool is_for_one_device{};  // Not for all of the class.
    suit::Manifest manifest;   // As that recipient reads it.
    bool is_payload_whole{};   // All bytes of it are there, with the digest of the manifest.
    std::optional<std::uint32_t> signer;  // Index of the key.
};

[[nodiscard]] Result<Contents> read_contents(Bytes envelope, suit::Keys keys);

}  // namespace mbpf::toolkit::manifest
