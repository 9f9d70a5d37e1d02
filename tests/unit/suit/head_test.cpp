// SPDX-License-Identifier: MIT
// Heads of envelopes and who signed them: from RIOT's tool and from us, cut off anywhere, with any
// bit the other way round.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/suit/support/envelopes.hpp"

namespace mbpf::test {
namespace {

using suit::Head;
using suit::Profile;

// All that a device checks of an envelope, and the payload if it comes along.
Error examine(Bytes bytes, suit::Keys keys) {
    Result<Head> const head = suit::read_head(bytes);
    if (!head.has_value()) {
        return head.error();
    }
    Result<std::uint32_t> const signer = suit::verify(*head, keys, sodium_crypto());
    if (!signer.has_value()) {
        return signer.error();
    }
    Result<suit::Manifest> const manifest = suit::read_manifest(*head, identity());
    return manifest.has_value() ? Error{} : manifest.error();
}

TEST(SuitHead, ReadsWhatRiotWrites) {
    std::vector<std::byte> const bytes = golden("suit_riot");
    Result<Head> const head = suit::read_head(bytes);
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->profile, Profile::Riot);
    EXPECT_EQ(head->total_bytes, 278u);
    EXPECT_EQ(head->payload_offset, 278u);
    EXPECT_EQ(head->payload_bytes, 0u);
    EXPECT_EQ(head->manifest.size(), 159u);
    EXPECT_EQ(head->manifest_offset, 119u);
    std::vector<port::PublicKey> const keys{KeyPair{1}.key(), riot_key()};
    EXPECT_EQ(*suit::verify(*head, keys, sodium_crypto()), 1u);
}

TEST(SuitHead, RefusesAnAlgorithmThatWeDoNotHave) {
    EXPECT_EQ(suit::read_head(golden("suit_riot_es256")).error(),
              (Error{Fault::AlgorithmUnsupported, 11, std::uint32_t(-7), 0}));
}

TEST(SuitHead, ReadsOursInBothProfiles) {
    KeyPair signer{1};
    for (Profile const profile : {Profile::Ietf, Profile::Riot}) {
        std::vector<std::byte> const bytes = envelope(profile, pulled(profile), signer.signer());
        Result<Head> const head = suit::read_head(bytes);
        ASSERT_TRUE(head.has_value());
        EXPECT_EQ(head->profile, profile);
        EXPECT_EQ(head->total_bytes, bytes.size());
        EXPECT_EQ(head->signature.key_id.empty(), profile == Profile::Riot);
        std::vector<port::PublicKey> const keys{KeyPair{2}.key(), KeyPair{3}.key(), signer.key()};
        EXPECT_EQ(*suit::verify(*head, keys, sodium_crypto()), 2u);
    }
}

TEST(SuitHead, LeavesThePayloadBehindIt) {
    KeyPair signer{1};
    std::vector<std::byte> const payload(40, std::byte{5});
    std::vector<std::byte> const bytes =
        envelope(Profile::Ietf, integrated(), signer.signer(), recipients(), payload);
    std::size_t const head_bytes = bytes.size() - payload.size();
    for (std::size_t size = head_bytes; size <= bytes.size(); ++size) {
        Result<Head> const head = suit::read_head(Bytes{bytes}.first(size));
        ASSERT_TRUE(head.has_value());
        EXPECT_EQ(head->payload_offset, head_bytes);
        EXPECT_EQ(head->payload_bytes, 40u);
        EXPECT_EQ(head->total_bytes, bytes.size());
    }
    std::vector<std::byte> longer = bytes;
    longer.push_back(std::byte{0});
    EXPECT_EQ(suit::read_head(longer).error(),
              (Error{Fault::TrailingBytes, std::uint32_t(bytes.size()),
                     std::uint32_t(longer.size()), std::uint32_t(bytes.size())}));
}

TEST(SuitHead, WaitsForTheRestWhereverItIsCutOff) {
    KeyPair signer{1};
    std::vector<std::vector<std::byte>> const all{
        golden("suit_riot"), envelope(Profile::Ietf, pulled(Profile::Ietf), signer.signer()),
        envelope(Profile::Ietf, integrated(), signer.signer())};
    for (std::vector<std::byte> const& bytes : all) {
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            std::vector<std::byte> const prefix(bytes.begin(), bytes.begin() + long(size));
            Error const error = suit::read_head(prefix).error();
            EXPECT_EQ(error.fault, Fault::Truncated) << size;
            EXPECT_EQ(error.found, size);
            EXPECT_GT(error.allowed, size);
            EXPECT_LE(error.allowed, bytes.size());
        }
    }
}

TEST(SuitHead, NoBitCanBeOtherwise) {
    KeyPair signer{1};
    std::vector<std::vector<std::byte>> const all{
        golden("suit_riot"), envelope(Profile::Ietf, pulled(Profile::Ietf), signer.signer()),
        envelope(Profile::Riot, pulled(Profile::Riot), signer.signer()),
        envelope(Profile::Ietf, integrated(), signer.signer())};
    std::vector<port::PublicKey> const keys{riot_key(), signer.key()};
    for (std::vector<std::byte> const& bytes : all) {
        EXPECT_EQ(examine(bytes, keys), Error{});
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            std::vector<std::byte> flipped = bytes;
            flipped[bit / 8] ^= std::byte(1u << bit % 8);
            EXPECT_NE(examine(flipped, keys).fault, Fault::None) << bit;
        }
    }
}

TEST(SuitHead, RefusesAnotherSigner) {
    KeyPair signer{1};
    std::vector<std::byte> const ietf =
        envelope(Profile::Ietf, pulled(Profile::Ietf), signer.signer());
    std::vector<std::byte> const riot =
        envelope(Profile::Riot, pulled(Profile::Riot), signer.signer());
    std::vector<port::PublicKey> const others{KeyPair{2}.key(), KeyPair{3}.key()};
    EXPECT_EQ(examine(ietf, others).fault, Fault::SignerUnknown);
    EXPECT_EQ(examine(riot, others).fault, Fault::SignerUnknown);
    EXPECT_EQ(examine(ietf, suit::Keys{}).fault, Fault::SignerUnknown);
    EXPECT_EQ(examine(riot, suit::Keys{}).fault, Fault::SignerUnknown);
}

TEST(SuitHead, TellsAWrongSignatureFromAnUnknownSigner) {
    KeyPair signer{1};
    KeyPair other{2};
    suit::Signer liar = other.signer();
    liar.key = signer.key();
    std::vector<port::PublicKey> const keys{signer.key(), other.key()};
    EXPECT_EQ(examine(envelope(Profile::Ietf, pulled(Profile::Ietf), liar), keys).fault,
              Fault::SignatureInvalid);
}

TEST(SuitHead, RefusesAnotherManifest) {
    std::vector<std::byte> bytes = golden("suit_riot");
    bytes.back() ^= std::byte{1};
    std::vector<port::PublicKey> const keys{riot_key()};
    EXPECT_EQ(examine(bytes, keys), (Error{Fault::DigestMismatch, 119, 0, 0}));
}

// Parts of a small envelope, each of which a test can make wrong. Nothing is signed.
struct EnvelopeText {
    std::string tag = "d86b";
    std::string map = "a2";
    std::string digest = "822f" + wrapped(std::string(64, '0'));
    std::string sign1_start = "d284";
    std::string headers = "a10132";
    std::string unprotected = "a0";
    std::string payload = "f6";
    std::string signature = wrapped(std::string(128, '0'));
    std::string sign1_rest;
    std::string wrapper_start = "82";
    std::string wrapper_rest;
    std::string manifest_start = "03";
    std::string manifest = "41a0";
    std::string rest;

    [[nodiscard]] Error error() const {
        std::string const block =
            sign1_start + wrapped(headers) + unprotected + payload + signature + sign1_rest;
        std::string const wrapper =
            wrapper_start + (tag.empty() ? "" : wrapped(digest)) + wrapped(block) + wrapper_rest;
        std::vector<std::byte> const bytes =
            from_hex(tag + map + "02" + wrapped(wrapper) + manifest_start + manifest + rest);
        Result<Head> const head = suit::read_head(bytes);
        return head.has_value() ? Error{} : head.error();
    }
    template <class Change>
    [[nodiscard]] static Fault fault_with(Change change) {
        EnvelopeText text;
        change(text);
        return text.error().fault;
    }
};

TEST(SuitHead, RefusesEachElementThatIsWrong) {
    using E = EnvelopeText;
    EXPECT_EQ(E{}.error(), Error{});
    EXPECT_EQ(E::fault_with([](E& e) { e.tag = "d86c"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.tag = "c1"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.tag = "d86bd86b"; }), Fault::CborUnexpected);
    EXPECT_EQ(E::fault_with([](E& e) { e.map = "a1"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.map = "a4"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.map = "84"; }), Fault::CborUnexpected);
    EXPECT_EQ(E::fault_with([](E& e) { e.map = "bf"; }), Fault::CborMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.wrapper_start = "81"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.wrapper_start = "83"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.wrapper_start = "83", e.wrapper_rest = "40"; }),
              Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.wrapper_rest = "00"; }), Fault::TrailingBytes);
    EXPECT_EQ(E::fault_with([](E& e) { e.manifest_start = "04"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.manifest_start = "02"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.manifest = "40"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.manifest = "a0"; }), Fault::CborUnexpected);
    EXPECT_EQ(E::fault_with([](E& e) { e.rest = "00"; }), Fault::TrailingBytes);
}

TEST(SuitHead, RefusesADigestThatIsWrong) {
    using E = EnvelopeText;
    std::string const zeros = wrapped(std::string(64, '0'));
    EXPECT_EQ(E::fault_with([](E& e) { e.digest = ""; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([&](E& e) { e.digest = "8202" + zeros; }), Fault::AlgorithmUnsupported);
    EXPECT_EQ(E::fault_with([&](E& e) { e.digest = "832f" + zeros + "00"; }), Fault::TrailingBytes);
    EXPECT_EQ(E::fault_with([&](E& e) { e.digest = "822f" + zeros + "00"; }), Fault::TrailingBytes);
    EXPECT_EQ(E::fault_with([](E& e) { e.digest = "822f" + wrapped(std::string(62, '0')); }),
              Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.digest = "822f" + wrapped(std::string(66, '0')); }),
              Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.digest = "822f"; }), Fault::CborMalformed);
}

TEST(SuitHead, RefusesASignatureThatIsWrong) {
    using E = EnvelopeText;
    EXPECT_EQ(E::fault_with([](E& e) { e.sign1_start = "84"; }), Fault::CborUnexpected);
    EXPECT_EQ(E::fault_with([](E& e) { e.sign1_start = "d184"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.sign1_start = "d283"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.headers = "a0"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.headers = ""; }), Fault::CborMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.headers = "a10127"; }), Fault::None);
    EXPECT_EQ(E::fault_with([](E& e) { e.headers = "a10126"; }), Fault::AlgorithmUnsupported);
    EXPECT_EQ(E::fault_with([](E& e) { e.headers = "a1013823"; }), Fault::AlgorithmUnsupported);
    EXPECT_EQ(E::fault_with([](E& e) { e.headers = "a201270127"; }), Fault::CborMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.headers = "a201270281"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.headers = "a1012700"; }), Fault::TrailingBytes);
    EXPECT_EQ(E::fault_with([](E& e) { e.unprotected = "a10127"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.unprotected = "a10500"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.unprotected = "a10440"; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.unprotected = "a1044700000000000000"; }),
              Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.unprotected = "a104480000000000000000"; }), Fault::None);
    EXPECT_EQ(E::fault_with([](E& e) {
                  e.headers = "a2013204480000000000000000";
                  e.unprotected = "a104480000000000000000";
              }),
              Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.payload = "40"; }), Fault::CborUnexpected);
    EXPECT_EQ(E::fault_with([](E& e) { e.payload = "f5"; }), Fault::CborUnexpected);
    EXPECT_EQ(E::fault_with([](E& e) { e.signature = wrapped(std::string(126, '0')); }),
              Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.signature = wrapped(std::string(130, '0')); }),
              Fault::EnvelopeMalformed);
    EXPECT_EQ(E::fault_with([](E& e) { e.sign1_rest = "00"; }), Fault::TrailingBytes);
}

TEST(SuitHead, RefusesAPayloadThatIsWrong) {
    auto const fault = [](std::string const& rest, std::string const& tag = "d86b") {
        EnvelopeText text;
        text.tag = tag;
        text.map = "a3";
        text.rest = rest;
        return text.error().fault;
    };
    EXPECT_EQ(fault("6223634100"), Fault::None);
    EXPECT_EQ(fault("62236341"), Fault::None);  // The payload may still come.
    EXPECT_EQ(fault("6223631a0000"), Fault::CborUnexpected);
    EXPECT_EQ(fault("62236340"), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault("6223644100"), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault("61234100"), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault("4223634100"), Fault::CborUnexpected);
    EXPECT_EQ(fault("6223635affffffff"), Fault::ImageTooLarge);
    EXPECT_EQ(fault("6223635bffffffffffffffff"), Fault::ImageTooLarge);
    EXPECT_EQ(fault("6223635affff0000"), Fault::None);
    EXPECT_EQ(fault("622363410000"), Fault::TrailingBytes);
    EXPECT_EQ(fault("6223634100", ""), Fault::EnvelopeMalformed);  // riot has none.
}

TEST(SuitHead, IsLimited) {
    EnvelopeText text;
    text.manifest = wrapped(std::string(2 * 700, '0'));
    EXPECT_EQ(text.error().fault, Fault::ManifestTooLarge);
    text.manifest = "5affffffff";
    EXPECT_EQ(text.error().fault, Fault::ManifestTooLarge);
    text.manifest = "5bffffffffffffffff";
    EXPECT_EQ(text.error().fault, Fault::ManifestTooLarge);
    text.manifest = wrapped(std::string(2 * 500, '0'));
    EXPECT_EQ(text.error(), Error{});
    EXPECT_EQ(suit::read_head(from_hex("d86ba2025affffffff")).error(),
              (Error{Fault::ManifestTooLarge, 4, UINT32_MAX, 768}));
}

}  // namespace
}  // namespace mbpf::test
