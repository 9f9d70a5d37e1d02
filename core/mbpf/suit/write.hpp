// SPDX-License-Identifier: MIT
// Writes what head.hpp and manifest.hpp read, with the same numbers. The riot profile comes out
// byte for byte as RIOT's own tool writes it.
#pragma once

#include <optional>

#include "mbpf/suit/manifest.hpp"

namespace mbpf::suit {

// Who may install it.
struct Recipients {
    Uuid vendor{};
    Uuid device_class{};
    std::optional<Uuid> device;  // One of the class.
};

// Writes the head of a signed envelope to `out` and returns it. An integrated payload follows it as
// it is: manifest.image_bytes of it.
[[nodiscard]] Result<Bytes> write_head(Profile profile, Manifest const& manifest,
                                       Recipients const& recipients, Signer const& signer,
                                       port::Crypto const& crypto, WritableBytes out);

}  // namespace mbpf::suit
