// SPDX-License-Identifier: MIT
// The two dialects of SUIT that are read and written, and every number of theirs: `Ietf` is
// draft-ietf-suit-manifest-37, `Riot` is draft 09 as RIOT's sys/suit understands it.
#pragma once

#include <cstdint>
#include <string_view>

namespace mbpf::suit {

enum class Profile : std::uint8_t { Ietf, Riot };

// Where the profiles differ.
struct Dialect {
    std::int8_t digest_algorithm;     // SHA-256
    std::int8_t signature_algorithm;  // What we sign with; both are accepted in either.
    std::uint8_t fetch;               // Keys of the sequences in the manifest.
    std::uint8_t install;
    std::uint8_t validate;
};

inline constexpr std::int8_t eddsa = -8;     // RFC 9053, section 2.2
inline constexpr std::int8_t ed25519 = -19;  // RFC 9864

inline constexpr Dialect dialects[] = {{-16, ed25519, 16, 20, 7}, {2, eddsa, 8, 9, 10}};

[[nodiscard]] constexpr Dialect const& dialect_of(Profile profile) {
    return dialects[std::uint8_t(profile)];
}

inline constexpr std::uint32_t max_word = 0xffff'ffff;  // Sizes and numbers that we can hold.

inline constexpr std::uint8_t envelope_tag = 107;  // Of Ietf only.
inline constexpr std::uint8_t authentication_key = 2;
inline constexpr std::uint8_t manifest_key = 3;
inline constexpr std::string_view payload_key = "#c";  // Of Ietf only; also its URI.

inline constexpr std::uint8_t version_key = 1;
inline constexpr std::uint8_t sequence_key = 2;
inline constexpr std::uint8_t common_key = 3;
inline constexpr std::uint8_t manifest_version = 1;

inline constexpr std::uint8_t components_key = 2;
inline constexpr std::uint8_t shared_key = 4;  // Commands that go before each other sequence.

enum class Command : std::uint8_t {
    ConditionVendor = 1,
    ConditionClass = 2,
    ConditionImageMatch = 3,
    SetComponentIndex = 12,
    TryEach = 15,
    SetParameters = 19,  // Of Riot only.
    OverrideParameters = 20,
    Fetch = 21,
    ConditionDevice = 24,
};

enum class Parameter : std::uint8_t {
    Vendor = 1,
    Class = 2,
    ImageDigest = 3,
    ImageBytes = 14,
    Uri = 21,
    Device = 24,
};

// What a command says of reporting, as RIOT's tool sets it: always, and on failure.
inline constexpr std::uint8_t report_always = 15;
inline constexpr std::uint8_t report_failure = 2;
inline constexpr std::uint8_t report_mask = 15;

inline constexpr std::string_view container_kind = "mbpf";
inline constexpr std::string_view slot_kind = "ram";

}  // namespace mbpf::suit
