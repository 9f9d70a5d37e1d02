// SPDX-License-Identifier: MIT
// Envelopes for tests: RIOT's own, ours, and such as nobody would write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mbpf/suit/suit.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/print.hpp"
#include "tests/support/sodium_crypto.hpp"

namespace mbpf::test {

// tests/golden/<name>.hex
[[nodiscard]] std::vector<std::byte> golden(std::string const& name);

[[nodiscard]] suit::Uuid uuid(std::string_view hex);
[[nodiscard]] port::PublicKey riot_key();  // Whose signature the golden envelope bears.
[[nodiscard]] suit::Identity riot_identity();

// What our examples install, and for whom.
[[nodiscard]] suit::Identity identity();
[[nodiscard]] suit::Recipients recipients();
[[nodiscard]] suit::Manifest pulled(suit::Profile profile);  // By its URI.
[[nodiscard]] suit::Manifest integrated();                   // 40 bytes; ietf only.

// A head signed by `signer`, and behind it `payload`.
[[nodiscard]] std::vector<std::byte> envelope(suit::Profile profile, suit::Manifest const& manifest,
                                              suit::Signer const& signer,
                                              suit::Recipients const& to = recipients(),
                                              std::vector<std::byte> const& payload = {});

// Hex digits of a byte string that holds those of `content`.
[[nodiscard]] std::string wrapped(std::string_view content);

// A manifest element by element, right unless a test says otherwise.
struct ManifestText {
    suit::Profile profile = suit::Profile::Ietf;
    std::string version = "0101";
    std::string sequence = "0207";
    std::string components = "028182446d6270664161";  // [["mbpf", "a"]]
    std::string parameters;  // Of the shared sequence, without the head of the map;
    std::uint8_t parameter_count = 4;
    std::string shared;  // and what it does behind them.
    std::string install;
    std::string validate = "82030f";
    std::string more;  // Elements behind the others.
    std::uint8_t elements = 5;
    std::uint32_t payload_bytes = 0;

    explicit ManifestText(suit::Profile which = suit::Profile::Ietf);
    [[nodiscard]] std::string hex() const;
    // What read_manifest() says of it.
    [[nodiscard]] Result<suit::Manifest> read();
    [[nodiscard]] Error error();

private:
    std::vector<std::byte> bytes_;  // That the manifest views.
};

}  // namespace mbpf::test
