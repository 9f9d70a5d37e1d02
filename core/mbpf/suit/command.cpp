// SPDX-License-Identifier: MIT
#include "mbpf/suit/command.hpp"

namespace mbpf::suit {

SignedCommand open_command(Attempt& attempt, Bytes message, Keys const& keys,
                           port::Crypto const& crypto) {
    Sign1 const sign1 = read_sign1(attempt, cbor::Reader{message}, {});
    return {sign1.payload, verify_sign1(attempt, sign1, as_bytes(command_domain), keys, crypto)};
}

Result<Bytes> write_command(Bytes payload, Signer const& signer, port::Crypto const& crypto,
                            WritableBytes out) {
    cbor::Writer writer{out};
    Sign1Form const form{.algorithm = ed25519, .has_key_id = true, .is_attached = true};
    Result<void> const written =
        write_sign1(writer, form, payload, as_bytes(command_domain), signer, crypto);
    return written.has_value() ? writer.written() : written.error();
}

}  // namespace mbpf::suit
