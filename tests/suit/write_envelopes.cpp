// SPDX-License-Identifier: MIT
// Writes signed messages as lines of `name key hex` for independent_reader_test.py: what we sign,
// and who must have signed it.
#include <cstdio>
#include <string>
#include <vector>

#include "tests/support/hex.hpp"
#include "tests/support/sodium_crypto.hpp"

namespace mbpf::test {
namespace {

template <class T>
T filled(std::uint8_t first) {
    T bytes;
    for (std::byte& byte : bytes) {
        byte = std::byte(first++);
    }
    return bytes;
}

void print(char const* name, KeyPair const& signer, Result<Bytes> const& message,
           std::string const& rest = {}) {
    std::string const hex = message.has_value() ? to_hex(*message) + rest : "-";
    std::printf("%s %s %s\n", name, to_hex(signer.key()).c_str(), hex.c_str());
}

void write_all() {
    KeyPair signer{42};
    std::vector<std::byte> buffer(suit::config::max_head_bytes);
    suit::Recipients to{filled<suit::Uuid>(0x10), filled<suit::Uuid>(0x20), {}};
    suit::Manifest manifest;
    manifest.component = {suit::Component::Kind::Container, "blink"};
    manifest.sequence = 70'000;
    manifest.digest = filled<port::Digest>(0x40);
    manifest.image_bytes = 400;
    manifest.uri = "coap://[2001:db8::1]/blink";
    auto const put = [&](char const* name, suit::Profile profile, std::string const& rest = {}) {
        print(name, signer,
              suit::write_head(profile, manifest, to, signer.signer(), sodium_crypto(), buffer),
              rest);
    };
    put("ietf", suit::Profile::Ietf);
    to.device = filled<suit::Uuid>(0x30);
    put("ietf_device", suit::Profile::Ietf);
    to.device.reset();
    manifest.component = {suit::Component::Kind::Slot, "0"};
    put("riot", suit::Profile::Riot);

    std::string const payload = "an image in the envelope";
    manifest.component = {suit::Component::Kind::Container, "blink"};
    manifest.uri = suit::payload_key;
    manifest.is_integrated = true;
    manifest.image_bytes = std::uint32_t(payload.size());
    manifest.digest = sodium_crypto().sha256(as_bytes(payload));
    put("ietf_integrated", suit::Profile::Ietf, to_hex(as_bytes(payload)));

    suit::Identity const device{to.vendor, to.device_class, filled<suit::Uuid>(0x30)};
    print("command", signer,
          suit::write_command(as_bytes("stop"), device, signer.signer(), sodium_crypto(), buffer));
}

}  // namespace
}  // namespace mbpf::test

int main() {
    mbpf::test::write_all();
    return 0;
}
