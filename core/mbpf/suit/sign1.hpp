// SPDX-License-Identifier: MIT
// One signature over one message: COSE_Sign1 (RFC 9052, section 4.2) with Ed25519. Its headers hold
// the algorithm (protected) and at most an identifier of the key, nothing else.
#pragma once

#include "mbpf/cbor/cbor.hpp"
#include "mbpf/port/port.hpp"
#include "mbpf/suit/config.hpp"
#include "mbpf/suit/keys.hpp"
#include "mbpf/suit/profile.hpp"

namespace mbpf::suit {

inline constexpr std::size_t key_id_bytes = 8;  // The first of the SHA-256 of the public key.

// Longest that the domain of a signature may be: that of a command.
inline constexpr std::size_t max_domain_bytes = 60;

// Views of what it was read from.
struct Sign1 {
    Bytes headers;    // The protected ones, as they are signed.
    Bytes key_id;     // Empty: any of the keys may have signed.
    Bytes payload;    // At most config::max_command_bytes.
    Bytes signature;  // As long as a port::Signature, if reading has not failed.
};

// Whoever can sign. `sign` is for Ed25519 (RFC 8032, section 5.1.6).
struct Signer {
    port::PublicKey key{};
    void* context{};
    port::Signature (*sign)(void* context, Bytes message){};
};

// Reads a tagged COSE_Sign1 that is all of `reader`. Its payload is attached, or `detached`: then
// it must not be empty.
[[nodiscard]] Sign1 read_sign1(Attempt& attempt, cbor::Reader reader, Bytes detached);

// The index of the key that signed. `domain` (RFC 9052: external_aad) keeps a signature from being
// taken for one of another purpose. Nothing is verified if the attempt has failed.
[[nodiscard]] std::uint32_t verify_sign1(Attempt& attempt, Sign1 const& message, Bytes domain,
                                         Keys const& keys, port::Crypto const& crypto);

// What of a COSE_Sign1 to write is the same for all receivers, and what is not.
struct Sign1Form {
    std::int8_t algorithm{};
    bool has_key_id{};
    bool is_attached{};
};

// Signs `payload`; too large a one is not signed, and then nothing is written but the fault.
[[nodiscard]] Result<void> write_sign1(cbor::Writer& writer, Sign1Form form, Bytes payload,
                                       Bytes domain, Signer const& signer,
                                       port::Crypto const& crypto);

}  // namespace mbpf::suit
