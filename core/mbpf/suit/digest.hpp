// SPDX-License-Identifier: MIT
// SUIT_Digest: the number of the algorithm, which is SHA-256 under a name that depends on the
// profile, and the digest.
#pragma once

#include "mbpf/cbor/cbor.hpp"
#include "mbpf/port/port.hpp"
#include "mbpf/suit/profile.hpp"

namespace mbpf::suit {

// `reader` holds the digest and nothing else. The digest is where it was read.
[[nodiscard]] Bytes read_digest(Attempt& attempt, cbor::Reader reader, Profile profile);

void write_digest(cbor::Writer& writer, port::Digest const& digest, Profile profile);

}  // namespace mbpf::suit
