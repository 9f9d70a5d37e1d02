// SPDX-License-Identifier: MIT
// The encoder: byte for byte as RIOT's tool where there is one to compare with, and read back.
#include <gtest/gtest.h>

#include "tests/unit/suit/support/envelopes.hpp"

namespace mbpf::test {
namespace {

using suit::Head;
using suit::Manifest;
using suit::Profile;

// Has one signature, made by the owner of riot_key(), and hands it out for what it is of.
port::Signature sign_as_riot(void* context, Bytes message) {
    port::Signature const& signature = *static_cast<port::Signature const*>(context);
    EXPECT_TRUE(sodium_crypto().verify(riot_key(), message, signature));
    return signature;
}

TEST(SuitWrite, WritesWhatRiotWrites) {
    std::vector<std::byte> const expected = golden("suit_riot");
    auto signature = load<port::Signature>(suit::read_head(expected)->signature.signature, 0);
    suit::Signer const signer{.key = riot_key(), .context = &signature, .sign = sign_as_riot};
    EXPECT_EQ(to_hex(envelope(Profile::Riot, pulled(Profile::Riot), signer)), to_hex(expected));
}

void expect_read_back(Profile profile, Manifest const& manifest, suit::Recipients const& to) {
    KeyPair signer{1};
    std::vector<std::byte> const bytes = envelope(profile, manifest, signer.signer(), to);
    Result<Head> const head = suit::read_head(bytes);
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->total_bytes,
              bytes.size() + (manifest.is_integrated ? manifest.image_bytes : 0));
    std::vector<port::PublicKey> const keys{signer.key()};
    ASSERT_TRUE(suit::verify(*head, keys, sodium_crypto()).has_value());
    Result<Manifest> const read = suit::read_manifest(*head, identity());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->component.kind, manifest.component.kind);
    EXPECT_EQ(read->component.name, manifest.component.name);
    EXPECT_EQ(read->sequence, manifest.sequence);
    EXPECT_EQ(read->digest, manifest.digest);
    EXPECT_EQ(read->image_bytes, manifest.image_bytes);
    EXPECT_EQ(read->uri, manifest.uri);
    EXPECT_EQ(read->is_integrated, manifest.is_integrated);
}

TEST(SuitWrite, WritesWhatIsReadBack) {
    for (Profile const profile : {Profile::Ietf, Profile::Riot}) {
        for (std::uint32_t const number :
             {0u, 23u, 24u, 0xffu, 0x100u, 0xffffu, 0x10000u, UINT32_MAX}) {
            for (std::size_t const uri_bytes : {0u, 1u, 23u, 24u, 255u, 256u}) {
                Manifest manifest = pulled(profile);
                std::string const uri(uri_bytes, 'u');
                manifest.sequence = number;
                manifest.image_bytes = number;
                manifest.uri = uri;
                expect_read_back(profile, manifest, recipients());
            }
        }
    }
    expect_read_back(Profile::Ietf, integrated(), recipients());
}

TEST(SuitWrite, WritesForOneDevice) {
    suit::Recipients to = recipients();
    to.device = identity().device;
    expect_read_back(Profile::Ietf, pulled(Profile::Ietf), to);
    expect_read_back(Profile::Riot, pulled(Profile::Riot), to);
    KeyPair signer{1};
    to.device->front() ^= std::byte{1};
    std::vector<std::byte> const bytes =
        envelope(Profile::Ietf, pulled(Profile::Ietf), signer.signer(), to);
    Error const error = suit::read_manifest(*suit::read_head(bytes), identity()).error();
    EXPECT_EQ(error.fault, Fault::ConditionFailed);
    EXPECT_EQ(error.found, 24u);
}

Error write_error(Profile profile, Manifest const& manifest, std::size_t room = 768) {
    KeyPair signer{1};
    std::vector<std::byte> buffer(room);
    Result<Bytes> const head =
        suit::write_head(profile, manifest, recipients(), signer.signer(), sodium_crypto(), buffer);
    EXPECT_FALSE(head.has_value());
    return head.has_value() ? Error{} : head.error();
}

TEST(SuitWrite, SaysHowMuchRoomItNeeds) {
    for (Profile const profile : {Profile::Ietf, Profile::Riot}) {
        KeyPair signer{1};
        std::size_t const size = envelope(profile, pulled(profile), signer.signer()).size();
        for (std::size_t room = 0; room < size; ++room) {
            EXPECT_EQ(write_error(profile, pulled(profile), room),
                      (Error{Fault::OutputTooSmall, 0, std::uint32_t(room), std::uint32_t(size)}));
        }
    }
}

TEST(SuitWrite, RefusesWhatWouldBeRefused) {
    Manifest manifest = pulled(Profile::Ietf);
    std::string const uri(700, 'u');
    manifest.uri = uri;
    EXPECT_EQ(write_error(Profile::Ietf, manifest).fault, Fault::ManifestTooLarge);
    std::string const longer(2000, 'u');
    manifest.uri = longer;
    EXPECT_EQ(write_error(Profile::Ietf, manifest, 4000).fault, Fault::ManifestTooLarge);
    manifest = pulled(Profile::Ietf);
    manifest.component.name = "";
    EXPECT_EQ(write_error(Profile::Ietf, manifest).fault, Fault::NameMalformed);
    std::string const name(33, 'n');
    manifest.component.name = name;
    EXPECT_EQ(write_error(Profile::Ietf, manifest).fault, Fault::NameMalformed);
    EXPECT_EQ(write_error(Profile::Riot, integrated()).fault, Fault::EnvelopeMalformed);
    manifest = integrated();
    manifest.uri = "coap://x";
    EXPECT_EQ(write_error(Profile::Ietf, manifest).fault, Fault::EnvelopeMalformed);
    manifest = integrated();
    manifest.image_bytes = 0;
    EXPECT_EQ(write_error(Profile::Ietf, manifest).fault, Fault::EnvelopeMalformed);
    manifest = integrated();
    manifest.is_integrated = false;
    EXPECT_EQ(write_error(Profile::Ietf, manifest).fault, Fault::EnvelopeMalformed);
    manifest = pulled(Profile::Riot);
    manifest.component.name = "x";
    EXPECT_EQ(write_error(Profile::Riot, manifest).fault, Fault::ComponentUnknown);
}

}  // namespace
}  // namespace mbpf::test
