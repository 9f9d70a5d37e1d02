// SPDX-License-Identifier: MIT
#include "tests/unit/suit/support/envelopes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/source_file.hpp"

namespace mbpf::test {

using suit::Profile;

namespace {

std::string const vendor_hex = "547d0d746d3a5a9296624881afd9407b";
std::string const class_hex = "bcc90984fe7d562bb4c9a24f26a3a9cd";
std::string const device_hex = "000102030405060708090a0b0c0d0e0f";
std::string const digest_hex = "ac5eb4b2d9cab26edcf8c82299588a0a506d2013f445f1a11d0a9dfde73dd6f7";

template <class T>
T value_of(std::string_view hex) {
    return load<T>(from_hex(hex), 0);
}

std::string byte_hex(std::size_t value) {
    std::byte const byte{std::uint8_t(value)};
    return to_hex({&byte, 1});
}

}  // namespace

std::vector<std::byte> golden(std::string const& name) {
    std::istringstream file{read_source_file("tests/golden/" + name + ".hex")};
    std::string digits;
    for (std::string line; std::getline(file, line);) {
        digits += line.substr(0, line.find('#'));
    }
    std::erase(digits, ' ');
    return from_hex(digits);
}

suit::Uuid uuid(std::string_view hex) { return value_of<suit::Uuid>(hex); }

port::PublicKey riot_key() {
    return value_of<port::PublicKey>(
        "0c567c09e513d80cbf8e31f64cb9656fe80e7798a54cc925915aaf5cdb4cdab9");
}

suit::Identity riot_identity() { return identity(); }

suit::Identity identity() { return {uuid(vendor_hex), uuid(class_hex), uuid(device_hex)}; }

suit::Recipients recipients() { return {uuid(vendor_hex), uuid(class_hex), {}}; }

suit::Manifest pulled(Profile profile) {
    suit::Manifest manifest;
    manifest.component = {suit::Component::Kind::Container, "blink"};
    if (profile == Profile::Riot) {
        manifest.component = {suit::Component::Kind::Slot, "0"};
    }
    manifest.sequence = 7;
    manifest.digest = value_of<port::Digest>(digest_hex);
    manifest.image_bytes = 400;
    manifest.uri = "coap://[2001:db8::1]/fw/prog.bin";
    return manifest;
}

suit::Manifest integrated() {
    suit::Manifest manifest = pulled(Profile::Ietf);
    manifest.image_bytes = 40;
    manifest.uri = suit::payload_key;
    manifest.is_integrated = true;
    return manifest;
}

std::vector<std::byte> envelope(Profile profile, suit::Manifest const& manifest,
                                suit::Signer const& signer, suit::Recipients const& to,
                                std::vector<std::byte> const& payload) {
    std::vector<std::byte> buffer(suit::config::max_head_bytes);
    Result<Bytes> const head =
        suit::write_head(profile, manifest, to, signer, sodium_crypto(), buffer);
    EXPECT_TRUE(head.has_value());
    Bytes const written = head.has_value() ? *head : Bytes{};
    std::vector<std::byte> bytes(written.begin(), written.end());
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return bytes;
}

std::string wrapped(std::string_view content) {
    std::vector<std::byte> const bytes = from_hex(content);
    std::vector<std::byte> buffer(bytes.size() + 9);
    cbor::Writer writer{buffer};
    writer.byte_string(bytes);
    return to_hex(*writer.written());
}

ManifestText::ManifestText(Profile which) : profile{which} {
    bool const is_ietf = profile == Profile::Ietf;
    std::string const digest =
        wrapped(std::string{"82"} + (is_ietf ? "2f" : "02") + wrapped(digest_hex));
    parameters =
        "01" + wrapped(vendor_hex) + "02" + wrapped(class_hex) + "03" + digest + "0e190190";
    shared = "010f020f";
    install = "8614a11563752f611502030f";
}

std::string ManifestText::hex() const {
    bool const is_ietf = profile == Profile::Ietf;
    std::string const commands = "14" + byte_hex(0xa0u + parameter_count) + parameters + shared;
    // Every command of `shared` is two bytes.
    std::string const sequence_of_shared = byte_hex(0x82 + shared.size() / 2) + commands;
    std::string const common =
        "03" + wrapped("a2" + components + "04" + wrapped(sequence_of_shared));
    std::string const installs = (is_ietf ? "14" : "09") + wrapped(install);
    std::string const validates = (is_ietf ? "07" : "0a") + wrapped(validate);
    std::string const both = is_ietf ? validates + installs : installs + validates;
    return wrapped(byte_hex(0xa0u + elements) + version + sequence + common + both + more);
}

Result<suit::Manifest> ManifestText::read() {
    bytes_ = from_hex(hex());
    suit::Head head;
    head.profile = profile;
    head.manifest = bytes_;
    head.payload_bytes = payload_bytes;
    return suit::read_manifest(head, identity());
}

Error ManifestText::error() {
    Result<suit::Manifest> const result = read();
    EXPECT_FALSE(result.has_value());
    return result.has_value() ? Error{} : result.error();
}

}  // namespace mbpf::test
