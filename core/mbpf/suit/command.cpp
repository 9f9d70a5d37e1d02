// SPDX-License-Identifier: MIT
#include "mbpf/suit/command.hpp"

namespace mbpf::suit {

Result<SignedCommand> open_command(Bytes message, Keys keys, port::Crypto const& crypto) {
    Result<Sign1> const sign1 = read_sign1(cbor::Reader{message});
    if (!sign1.has_value()) {
        return sign1.error();
    }
    Result<std::uint32_t> const signer =
        verify_sign1(*sign1, as_bytes(command_domain), keys, crypto);
    if (!signer.has_value()) {
        return signer.error();
    }
    return SignedCommand{sign1->payload, *signer};
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
