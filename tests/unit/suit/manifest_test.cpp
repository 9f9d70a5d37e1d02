// SPDX-License-Identifier: MIT
// What manifests ask for, and the many that ask for something else.
#include <gtest/gtest.h>

#include "tests/unit/suit/support/envelopes.hpp"

namespace mbpf::test {
namespace {

using suit::Component;
using suit::Manifest;
using suit::Profile;

std::string const digest_hex = "ac5eb4b2d9cab26edcf8c82299588a0a506d2013f445f1a11d0a9dfde73dd6f7";

// Fault and number of the manifest that `change` makes of a good one.
template <class Change>
std::pair<Fault, std::uint32_t> refusal(Change change, Profile profile = Profile::Ietf) {
    ManifestText text{profile};
    change(text);
    Error const error = text.error();
    return {error.fault, error.found};
}

template <class Change>
Fault fault_with(Change change, Profile profile = Profile::Ietf) {
    return refusal(change, profile).first;
}

template <class Change>
bool accepts(Change change, Profile profile = Profile::Ietf) {
    ManifestText text{profile};
    change(text);
    return text.read().has_value();
}

std::pair<Fault, std::uint32_t> condition(std::uint32_t number) {
    return {Fault::ConditionFailed, number};
}
std::pair<Fault, std::uint32_t> unsupported(std::uint32_t number) {
    return {Fault::ManifestUnsupported, number};
}

TEST(SuitManifest, ReadsWhatRiotWrites) {
    std::vector<std::byte> const bytes = golden("suit_riot");
    Result<Manifest> const manifest = suit::read_manifest(*suit::read_head(bytes), riot_identity());
    ASSERT_TRUE(manifest.has_value());
    EXPECT_EQ(manifest->component.kind, Component::Kind::Slot);
    EXPECT_EQ(manifest->component.name, "0");
    EXPECT_EQ(manifest->sequence, 7u);
    EXPECT_EQ(to_hex(manifest->digest), digest_hex);
    EXPECT_EQ(manifest->image_bytes, 400u);
    EXPECT_EQ(manifest->uri, "coap://[2001:db8::1]/fw/prog.bin");
    EXPECT_FALSE(manifest->is_integrated);
}

TEST(SuitManifest, ReadsElementByElement) {
    for (Profile const profile : {Profile::Ietf, Profile::Riot}) {
        ManifestText text{profile};
        Result<Manifest> const manifest = text.read();
        ASSERT_TRUE(manifest.has_value());
        EXPECT_EQ(manifest->component.kind, Component::Kind::Container);
        EXPECT_EQ(manifest->component.name, "a");
        EXPECT_EQ(manifest->sequence, 7u);
        EXPECT_EQ(manifest->image_bytes, 400u);
        EXPECT_EQ(to_hex(manifest->digest), digest_hex);
        EXPECT_EQ(manifest->uri, "u/a");
    }
}

TEST(SuitManifest, IsForSomeone) {
    std::vector<std::byte> const bytes = golden("suit_riot");
    suit::Head const head = *suit::read_head(bytes);
    suit::Identity other = riot_identity();
    other.vendor[15] ^= std::byte{1};
    EXPECT_EQ(suit::read_manifest(head, other).error().fault, Fault::ConditionFailed);
    EXPECT_EQ(suit::read_manifest(head, other).error().found, 1u);
    other = riot_identity();
    other.device_class[0] ^= std::byte{1};
    EXPECT_EQ(suit::read_manifest(head, other).error().found, 2u);
    other = riot_identity();
    other.device[0] ^= std::byte{1};
    EXPECT_TRUE(suit::read_manifest(head, other).has_value());
}

TEST(SuitManifest, SaysWhoItIsForBeforeAnythingIsFetched) {
    for (Profile const profile : {Profile::Ietf, Profile::Riot}) {
        auto const with_shared = [profile](std::string const& shared) {
            return refusal([&](ManifestText& text) { text.shared = shared; }, profile);
        };
        EXPECT_EQ(with_shared(""), condition(1));
        EXPECT_EQ(with_shared("020f"), condition(1));
        EXPECT_EQ(with_shared("010f"), condition(2));
    }
    // Afterwards is too late.
    EXPECT_EQ(refusal([](ManifestText& text) {
                  text.shared = "";
                  text.install = "8a14a11563752f611502010f020f030f";
              }),
              condition(1));
}

TEST(SuitManifest, ChecksWhatItWasGiven) {
    auto const with_parameters = [](std::uint8_t count, std::string const& hex,
                                    std::string const& shared = "010f020f") {
        return refusal([&](ManifestText& text) {
            text.parameters = hex;
            text.parameter_count = count;
            text.shared = shared;
        });
    };
    std::string const vendor = "01" + wrapped("547d0d746d3a5a9296624881afd9407b");
    std::string const device_class = "02" + wrapped("bcc90984fe7d562bb4c9a24f26a3a9cd");
    std::string const digest = "03" + wrapped("822f" + wrapped(digest_hex));
    std::string const both = vendor + device_class;
    EXPECT_EQ(with_parameters(0, ""), condition(1));
    EXPECT_EQ(with_parameters(1, "0140"), condition(1));
    EXPECT_EQ(with_parameters(1, "01" + wrapped("547d0d746d3a5a9296624881afd940")), condition(1));
    EXPECT_EQ(with_parameters(1, vendor), condition(2));
    EXPECT_EQ(with_parameters(2, both), condition(3));
    EXPECT_EQ(with_parameters(3, both + digest), condition(3));
    EXPECT_EQ(with_parameters(3, both + "0e190190"), condition(3));
    EXPECT_EQ(with_parameters(4, both + digest + "0e1b0000000100000000").first,
              Fault::ImageTooLarge);
    EXPECT_EQ(with_parameters(4, both + digest + "0e20").first, Fault::CborUnexpected);
    EXPECT_EQ(with_parameters(3, both + "03" + wrapped("8202" + wrapped(digest_hex))).first,
              Fault::AlgorithmUnsupported);
    EXPECT_EQ(with_parameters(3, both + "03822f" + wrapped(digest_hex)).first,
              Fault::CborUnexpected);
    EXPECT_EQ(with_parameters(2, device_class + vendor).first, Fault::CborMalformed);
    EXPECT_EQ(with_parameters(2, vendor + vendor).first, Fault::CborMalformed);
}

TEST(SuitManifest, ChecksTheDevice) {
    auto const with_device = [](std::string const& device) {
        ManifestText text;
        text.parameters += "1818" + wrapped(device);
        text.parameter_count = 5;
        text.install = "8818180f14a11563752f611502030f";
        Result<Manifest> const manifest = text.read();
        return manifest.has_value() ? Error{} : manifest.error();
    };
    EXPECT_EQ(with_device("000102030405060708090a0b0c0d0e0f"), Error{});
    EXPECT_EQ(with_device("010102030405060708090a0b0c0d0e0f").fault, Fault::ConditionFailed);
    EXPECT_EQ(with_device("010102030405060708090a0b0c0d0e0f").found, 24u);
    EXPECT_EQ(refusal([](ManifestText& text) { text.install = "8818180f14a11563752f611502030f"; }),
              condition(24));
}

TEST(SuitManifest, RefusesElementsThatAreWrong) {
    using T = ManifestText;
    EXPECT_EQ(refusal([](T& t) { t.version = "0102"; }), std::pair(Fault::ManifestVersion, 2u));
    EXPECT_EQ(refusal([](T& t) { t.version = "0100"; }), std::pair(Fault::ManifestVersion, 0u));
    EXPECT_EQ(fault_with([](T& t) { t.version = "", t.elements = 4; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault_with([](T& t) { t.sequence = "", t.elements = 4; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault_with([](T& t) { t.sequence = "0220"; }), Fault::CborUnexpected);
    EXPECT_EQ(refusal([](T& t) { t.sequence = "021b0000000100000000"; }), unsupported(2));
    EXPECT_TRUE(accepts([](T& t) { t.sequence = "021affffffff"; }));
    EXPECT_EQ(fault_with([](T& t) { t.version = "0207"; }), Fault::CborMalformed);  // Twice.
    EXPECT_EQ(fault_with([](T& t) { t.more = "00"; }), Fault::TrailingBytes);
    EXPECT_EQ(refusal([](T& t) { t.more = "17a0", t.elements = 6; }), unsupported(23));
    EXPECT_EQ(fault_with([](T& t) { t.more = "084180", t.elements = 6; }), Fault::CborMalformed);
    EXPECT_EQ(refusal([](T& t) { t.more = "0b4180", t.elements = 6; }, Profile::Riot),
              unsupported(11));
    EXPECT_EQ(fault_with([](T& t) { t.validate = ""; }), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault_with([](T& t) { t.elements = 6; }), Fault::CborMalformed);
    EXPECT_EQ(fault_with([](T& t) { t.elements = 4; }), Fault::TrailingBytes);
}

TEST(SuitManifest, RefusesComponentsThatItDoesNotKnow) {
    auto const with = [](std::string const& hex) {
        return refusal([&](ManifestText& text) { text.components = "02" + hex; });
    };
    auto const takes = [](std::string const& hex) {
        return accepts([&](ManifestText& text) { text.components = "02" + hex; });
    };
    EXPECT_TRUE(takes("8182446d627066" + wrapped(std::string(64, '6'))));
    EXPECT_TRUE(takes("81824372616d4130"));
    EXPECT_TRUE(takes("81824372616d423135"));
    EXPECT_EQ(with("8182446d627066" + wrapped(std::string(66, '6'))),
              std::pair(Fault::NameMalformed, 33u));
    EXPECT_EQ(with("8182446d62706640"), std::pair(Fault::NameMalformed, 0u));
    EXPECT_EQ(with("8182446d6270674161").first, Fault::ComponentUnknown);
    EXPECT_EQ(with("8182404161").first, Fault::ComponentUnknown);
    EXPECT_EQ(with("8181446d627066").first, Fault::ComponentUnknown);
    EXPECT_EQ(with("8183446d62706641614161").first, Fault::ComponentUnknown);
    EXPECT_EQ(with("81824372616d40").first, Fault::ComponentUnknown);
    EXPECT_EQ(with("81824372616d4161").first, Fault::ComponentUnknown);
    EXPECT_EQ(with("81824372616d423031").first, Fault::ComponentUnknown);
    EXPECT_EQ(with("81824372616d43313030").first, Fault::ComponentUnknown);
    EXPECT_EQ(with("8182646d6270664161").first, Fault::CborUnexpected);
    EXPECT_EQ(with("8282446d627066416182446d6270664162"), unsupported(2));
    EXPECT_EQ(with("80").first, Fault::ManifestUnsupported);
    EXPECT_EQ(refusal([](ManifestText& t) { t.components = "018182446d6270664161"; }),
              unsupported(1));
}

TEST(SuitManifest, RefusesCommandsThatItDoesNotKnow) {
    for (std::uint32_t const number : {0u, 5u, 6u, 13u, 14u, 16u, 18u, 19u, 22u, 23u}) {
        std::vector<std::byte> buffer(4);
        cbor::Writer writer{buffer};
        writer.unsigned_integer(number);
        std::string const command = to_hex(*writer.written());
        EXPECT_EQ(refusal([&](ManifestText& text) { text.install = "82" + command + "0f"; }),
                  unsupported(number));
    }
    for (std::string const install : {"82181e0f", "8218200f", "821902010f"}) {
        EXPECT_EQ(fault_with([&](ManifestText& text) { text.install = install; }),
                  Fault::ManifestUnsupported);
    }
    for (std::string const parameter : {"05", "12", "16", "17", "00", "20"}) {
        EXPECT_EQ(
            fault_with([&](ManifestText& text) { text.install = "8214a1" + parameter + "00"; }),
            Fault::ManifestUnsupported);
    }
    EXPECT_EQ(refusal([](ManifestText& text) { text.install = "8214a10500"; }), unsupported(5));
}

TEST(SuitManifest, RefusesCommandsThatAreWrong) {
    auto const fault = [](std::string const& install) {
        return fault_with([&](ManifestText& text) { text.install = install; });
    };
    EXPECT_EQ(fault("80"), Fault::ConditionFailed);  // Nothing is fetched.
    EXPECT_EQ(fault_with([](ManifestText& text) { text.install = text.validate = "80"; }),
              Fault::EnvelopeMalformed);
    EXPECT_EQ(fault("8115"), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault("83150201"), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault("a11502"), Fault::CborUnexpected);
    EXPECT_EQ(fault("821510"), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault("8215f6"), Fault::CborUnexpected);
    EXPECT_EQ(fault("82200f"), Fault::CborUnexpected);
    EXPECT_EQ(fault("8415021502"), Fault::ManifestUnsupported);
    EXPECT_EQ(fault("82150200"), Fault::TrailingBytes);
    EXPECT_EQ(fault("82030f"), Fault::ConditionFailed);  // There is no image yet.
    EXPECT_EQ(fault("8614a11561231502030f"), Fault::EnvelopeMalformed);
    EXPECT_EQ(fault("8214a1154123"), Fault::CborUnexpected);
    EXPECT_EQ(fault("84150214"), Fault::CborMalformed);
}

TEST(SuitManifest, NeedsToMatchWhatItFetches) {
    EXPECT_EQ(refusal([](ManifestText& text) {
                  text.install = "821502";
                  text.validate = "80";
              }),
              condition(3));
    EXPECT_TRUE(accepts([](ManifestText& text) { text.install = "821502"; }));
    EXPECT_TRUE(accepts([](ManifestText& text) { text.validate = "80"; }));
    // The image cannot have two sizes.
    EXPECT_EQ(refusal([](ManifestText& text) {
                  text.install = "861502030f14a10e190191";
                  text.validate = "8414a10e190191030f";
              }),
              condition(3));
}

TEST(SuitManifest, OverridesOrSetsParameters) {
    ManifestText ietf;
    ietf.install = "8814a115616114a11561621502030f";
    EXPECT_EQ(ietf.read()->uri, "b");
    ManifestText riot{Profile::Riot};
    riot.install = "8813a115616113a11561621502030f";
    EXPECT_EQ(riot.read()->uri, "a");
    riot.install = "8813a115616114a11561621502030f";
    EXPECT_EQ(riot.read()->uri, "b");
    riot.install = "8814a1156161150214a1156162030f";  // Too late for the fetch.
    EXPECT_EQ(riot.read()->uri, "a");
    riot.install = "841502030f";
    EXPECT_EQ(riot.read()->uri, "");
}

TEST(SuitManifest, HasOneComponentOnly) {
    auto const with_index = [](std::string const& index) {
        ManifestText text;
        text.install = "860c" + index + "1502030f";
        Result<Manifest> const manifest = text.read();
        return manifest.has_value() ? Error{} : manifest.error();
    };
    EXPECT_EQ(with_index("00"), Error{});
    EXPECT_EQ(with_index("f5"), Error{});
    EXPECT_EQ(with_index("01").fault, Fault::ManifestUnsupported);
    EXPECT_EQ(with_index("01").found, 12u);
    EXPECT_EQ(with_index("18ff").fault, Fault::ManifestUnsupported);
    EXPECT_EQ(with_index("f4").fault, Fault::ManifestUnsupported);
    EXPECT_EQ(with_index("f6").fault, Fault::CborUnexpected);
    EXPECT_EQ(with_index("20").fault, Fault::CborUnexpected);
    EXPECT_EQ(with_index("8100").fault, Fault::CborUnexpected);
}

// Install, with a try-each of these branches before fetching.
Result<Manifest> try_each(ManifestText& text, std::vector<std::string> const& branches) {
    std::string argument = "8" + std::to_string(branches.size());
    for (std::string const& branch : branches) {
        argument += branch == "f6" ? branch : wrapped(branch);
    }
    text.install = "860f" + argument + "1502030f";
    return text.read();
}

TEST(SuitTryEach, TakesTheFirstBranchThatDoesNotFail) {
    ManifestText text;
    std::string const fails = "8414a1156178030f";  // No image yet; leaves nothing behind.
    EXPECT_EQ(try_each(text, {"8214a1156161"})->uri, "a");
    EXPECT_EQ(try_each(text, {"8214a1156161", "8214a1156162"})->uri, "a");
    EXPECT_EQ(try_each(text, {fails, "8214a1156162"})->uri, "b");
    EXPECT_EQ(try_each(text, {fails, fails, "80"})->uri, "");
    EXPECT_EQ(try_each(text, {fails, "f6"})->uri, "");
    EXPECT_EQ(try_each(text, {"8214a1156161", "f6"})->uri, "a");
}

TEST(SuitTryEach, FailsAsItsLastBranchDoes) {
    ManifestText text;
    Error const error = try_each(text, {"82030f", "8218180f"}).error();
    EXPECT_EQ(error.fault, Fault::ConditionFailed);
    EXPECT_EQ(error.found, 24u);
    EXPECT_EQ(try_each(text, {"82030f"}).error().found, 3u);
}

TEST(SuitTryEach, HidesNothingButConditions) {
    ManifestText text;
    EXPECT_EQ(try_each(text, {}).error().fault, Fault::EnvelopeMalformed);
    EXPECT_EQ(try_each(text, {"82170f", "80"}).error().fault, Fault::ManifestUnsupported);
    EXPECT_EQ(try_each(text, {"82030f", "82170f"}).error().fault, Fault::ManifestUnsupported);
    EXPECT_EQ(try_each(text, {"81", "80"}).error().fault, Fault::CborMalformed);
    EXPECT_EQ(try_each(text, {"8103", "80"}).error().fault, Fault::EnvelopeMalformed);
    EXPECT_EQ(try_each(text, {"8000", "80"}).error().fault, Fault::TrailingBytes);
    EXPECT_EQ(try_each(text, {"f6", "80"}).error().fault, Fault::CborUnexpected);
    EXPECT_EQ(try_each(text, {"820f814180", "80"}).error().fault, Fault::ManifestUnsupported);
    text.install = "820f4180";
    EXPECT_EQ(text.error().fault, Fault::CborUnexpected);
    text.install = "820f82";
    EXPECT_EQ(text.error().fault, Fault::CborMalformed);
}

TEST(SuitPayload, IsTheImageAndNothingElse) {
    auto const read = [](std::string const& uri, std::uint32_t payload_bytes) {
        ManifestText text;
        text.install = "8614a115" + uri + "1502030f";
        text.payload_bytes = payload_bytes;
        return text.read();
    };
    ASSERT_TRUE(read("622363", 400).has_value());
    EXPECT_TRUE(read("622363", 400)->is_integrated);
    EXPECT_EQ(read("622363", 399).error(), (Error{Fault::EnvelopeMalformed, 0, 399, 400}));
    EXPECT_EQ(read("622363", 0).error().fault, Fault::EnvelopeMalformed);
    EXPECT_EQ(read("622364", 400).error().fault, Fault::EnvelopeMalformed);
    EXPECT_EQ(read("622364", 0).error().fault, Fault::EnvelopeMalformed);
    EXPECT_EQ(read("6123", 400).error().fault, Fault::EnvelopeMalformed);
    EXPECT_EQ(read("6161", 400).error().fault, Fault::EnvelopeMalformed);
    EXPECT_EQ(read("60", 400).error().fault, Fault::EnvelopeMalformed);
}

TEST(SuitManifest, IsRefusedWhereverItIsCutOff) {
    for (Profile const profile : {Profile::Ietf, Profile::Riot}) {
        std::vector<std::byte> const whole = from_hex(ManifestText{profile}.hex());
        Bytes const content = *cbor::Reader{whole}.byte_string();
        for (std::size_t size = 0; size < content.size(); ++size) {
            std::vector<std::byte> const bytes = from_hex(wrapped(to_hex(content.first(size))));
            suit::Head head;
            head.profile = profile;
            head.manifest = bytes;
            EXPECT_EQ(suit::read_manifest(head, identity()).error().fault, Fault::CborMalformed)
                << size;
        }
    }
}

}  // namespace
}  // namespace mbpf::test
