// SPDX-License-Identifier: MIT
// Signed commands: who sent them, and that they are nothing else.
#include <gtest/gtest.h>

#include "tests/unit/suit/support/envelopes.hpp"

namespace mbpf::test {
namespace {

using suit::SignedCommand;

constexpr suit::Identity here{{std::byte{1}}, {std::byte{2}}, {std::byte{3}}};

std::vector<std::byte> command(std::vector<std::byte> const& payload, suit::Signer const& signer) {
    std::vector<std::byte> buffer(700);
    Result<Bytes> const bytes = suit::write_command(payload, here, signer, sodium_crypto(), buffer);
    EXPECT_TRUE(bytes.has_value());
    return {bytes->begin(), bytes->end()};
}

Fault open_fault(Bytes message, suit::Keys keys) {
    Result<SignedCommand> const opened = suit::open_command(message, here, keys, sodium_crypto());
    return opened.has_value() ? Fault::None : opened.error().fault;
}

TEST(SuitCommand, IsOpenedByWhoKnowsItsSender) {
    KeyPair first{1};
    KeyPair second{2};
    std::vector<port::PublicKey> const keys{first.key(), second.key()};
    for (std::size_t const size : {0u, 1u, 23u, 24u, 256u, 512u}) {
        std::vector<std::byte> const payload(size, std::byte{9});
        std::vector<std::byte> const bytes = command(payload, second.signer());
        Result<SignedCommand> const opened = suit::open_command(bytes, here, keys, sodium_crypto());
        ASSERT_TRUE(opened.has_value()) << size;
        EXPECT_EQ(opened->signer, 1u);
        EXPECT_EQ(to_hex(opened->payload), to_hex(payload));
        EXPECT_EQ(open_fault(bytes, std::vector{first.key()}), Fault::SignerUnknown);
    }
}

TEST(SuitCommand, IsForOneDevice) {
    KeyPair signer{1};
    std::vector<port::PublicKey> const keys{signer.key()};
    std::vector<std::byte> const bytes = command(from_hex("00"), signer.signer());
    for (suit::Uuid suit::Identity::*const part :
         {&suit::Identity::vendor, &suit::Identity::device_class, &suit::Identity::device}) {
        suit::Identity other = here;
        (other.*part)[15] = std::byte{1};
        EXPECT_EQ(suit::open_command(bytes, other, keys, sodium_crypto()).error().fault,
                  Fault::SignatureInvalid);
    }
}

TEST(SuitCommand, NoBitCanBeOtherwise) {
    KeyPair signer{1};
    std::vector<port::PublicKey> const keys{signer.key()};
    std::vector<std::byte> const bytes = command(from_hex("82016161"), signer.signer());
    EXPECT_EQ(open_fault(bytes, keys), Fault::None);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::vector<std::byte> flipped = bytes;
        flipped[bit / 8] ^= std::byte(1u << bit % 8);
        EXPECT_NE(open_fault(flipped, keys), Fault::None) << bit;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(open_fault(Bytes{bytes}.first(size), keys), Fault::Truncated) << size;
    }
    std::vector<std::byte> longer = bytes;
    longer.push_back(std::byte{0});
    EXPECT_EQ(open_fault(longer, keys), Fault::TrailingBytes);
}

TEST(SuitCommand, IsNotAManifest) {
    KeyPair signer{1};
    std::vector<port::PublicKey> const keys{signer.key()};
    std::vector<std::byte> buffer(300);
    cbor::Writer writer{buffer};
    suit::Sign1Form const form{.algorithm = suit::ed25519, .is_attached = true};
    ASSERT_TRUE(
        suit::write_sign1(writer, form, from_hex("00"), {}, signer.signer(), sodium_crypto())
            .has_value());
    EXPECT_EQ(open_fault(*writer.written(), keys), Fault::SignerUnknown);
    Attempt attempt;
    suit::Sign1 const read = suit::read_sign1(attempt, cbor::Reader{*writer.written()}, {});
    EXPECT_EQ(suit::verify_sign1(attempt, read, {}, keys, sodium_crypto()), 0u);
    EXPECT_FALSE(attempt.has_failed());
}

TEST(SuitCommand, MayNameItsSenderOutsideOfWhatIsSigned) {
    KeyPair signer{1};
    std::vector<port::PublicKey> const keys{KeyPair{2}.key(), signer.key()};
    std::vector<std::byte> buffer(300);
    cbor::Writer writer{buffer};
    suit::Sign1Form const form{.algorithm = suit::eddsa, .is_attached = true};
    std::vector<std::byte> domain{as_bytes(suit::command_domain).begin(),
                                  as_bytes(suit::command_domain).end()};
    for (std::uint32_t i = 0; i < suit::identities; ++i) {
        Bytes const part = suit::part_of(here, i);
        domain.insert(domain.end(), part.begin(), part.end());
    }
    ASSERT_TRUE(
        suit::write_sign1(writer, form, from_hex("00"), domain, signer.signer(), sodium_crypto())
            .has_value());
    std::string const hex = to_hex(*writer.written());
    EXPECT_EQ(open_fault(from_hex(hex), keys), Fault::None);
    ASSERT_EQ(hex.substr(0, 14), "d28443a10127a0");
    auto const with_id = [&](port::PublicKey const& key) {
        port::Digest const digest = sodium_crypto().sha256(key);
        return from_hex("d28443a10127a104" + wrapped(to_hex(Bytes{digest}.first(8))) +
                        hex.substr(14));
    };
    EXPECT_EQ(open_fault(with_id(signer.key()), keys), Fault::None);
    EXPECT_EQ(open_fault(with_id(keys[0]), keys), Fault::SignatureInvalid);
    EXPECT_EQ(open_fault(with_id(KeyPair{3}.key()), keys), Fault::SignerUnknown);
}

TEST(SuitCommand, IsLimited) {
    KeyPair signer{1};
    std::vector<std::byte> buffer(2000);
    constexpr std::size_t limit = suit::config::max_command_bytes;
    std::vector<std::byte> const payload(limit + 1);
    EXPECT_EQ(suit::write_command(payload, here, signer.signer(), sodium_crypto(), buffer).error(),
              (Error{Fault::ManifestTooLarge, 0, 529, 528}));
    std::string const hex = "d28443a10127a0" + wrapped(std::string(2 * (limit + 1), '0')) +
                            wrapped(std::string(128, '0'));
    EXPECT_EQ(open_fault(from_hex(hex), std::vector{signer.key()}), Fault::ManifestTooLarge);
    std::size_t const size = command(from_hex("00"), signer.signer()).size();
    for (std::size_t room = 0; room < size; ++room) {
        std::vector<std::byte> small(room);
        EXPECT_EQ(suit::write_command(from_hex("00"), here, signer.signer(), sodium_crypto(), small)
                      .error(),
                  (Error{Fault::OutputTooSmall, 0, std::uint32_t(room), std::uint32_t(size)}));
    }
}

}  // namespace
}  // namespace mbpf::test
