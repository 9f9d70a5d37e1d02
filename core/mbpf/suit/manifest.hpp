// SPDX-License-Identifier: MIT
// What a manifest asks for, once its commands have been run as far as a reader can run them: an
// image of this size and digest from there becomes that component.
#pragma once

#include <array>
#include <string_view>

#include "mbpf/suit/head.hpp"

namespace mbpf::suit {

using Uuid = std::array<std::byte, 16>;  // RFC 9562

// Who the manifest must be for.
struct Identity {
    Uuid vendor{};
    Uuid device_class{};
    Uuid device{};
};
inline constexpr std::uint32_t identities = 3;

// Number `index` of them, in that order.
[[nodiscard]] inline Bytes part_of(Identity const& identity, std::uint32_t index) {
    static_assert(sizeof(Identity) == identities * sizeof(Uuid));
    return std::as_bytes(std::span{&identity, 1}).subspan(index * sizeof(Uuid), sizeof(Uuid));
}

struct Component {
    enum class Kind : std::uint8_t {
        Container,  // ["mbpf", name]
        Slot,       // ["ram", "0"], decimal
    };

    Kind kind{};
    std::string_view name;
};

// None, or what is wrong with its name.
[[nodiscard]] Fault fault_of(Component const& component);

struct Manifest {
    Component component;
    std::uint32_t sequence{};
    port::Digest digest{};  // Of the image.
    std::uint32_t image_bytes{};
    std::string_view uri;  // May be empty.
    bool is_integrated{};  // The image is the payload of the envelope.
};

// The manifest of a verified head, if it is for `self` and we can do what it says. Views the bytes
// that the head views.
[[nodiscard]] Manifest read_manifest(Attempt& attempt, Head const& head, Identity const& self);
[[nodiscard]] inline Result<Manifest> read_manifest(Head const& head, Identity const& self) {
    return result_of([&](Attempt& attempt) { return read_manifest(attempt, head, self); });
}

}  // namespace mbpf::suit
