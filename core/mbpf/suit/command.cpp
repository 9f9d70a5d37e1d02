// SPDX-License-Identifier: MIT
#include "mbpf/suit/command.hpp"

namespace mbpf::suit {

namespace {

// What is signed besides the payload.
struct Domain {
    std::byte purpose[command_domain.size()];
    Identity device;

    explicit Domain(Identity const& of) : device{of} {
        __builtin_memcpy(purpose, command_domain.data(), sizeof purpose);
    }
    [[nodiscard]] Bytes bytes() const { return std::as_bytes(std::span{this, 1}); }
};
static_assert(sizeof(Domain) == max_domain_bytes);

}  // namespace

SignedCommand open_command(Attempt& attempt, Bytes message, Identity const& device,
                           Keys const& keys, port::Crypto const& crypto) {
    Sign1 const sign1 = read_sign1(attempt, cbor::Reader{message}, {});
    return {sign1.payload, verify_sign1(attempt, sign1, Domain{device}.bytes(), keys, crypto)};
}

Result<Bytes> write_command(Bytes payload, Identity const& device, Signer const& signer,
                            port::Crypto const& crypto, WritableBytes out) {
    cbor::Writer writer{out};
    Sign1Form const form{.algorithm = ed25519, .has_key_id = true, .is_attached = true};
    Result<void> const written =
        write_sign1(writer, form, payload, Domain{device}.bytes(), signer, crypto);
    return written.has_value() ? writer.written() : written.error();
}

}  // namespace mbpf::suit
