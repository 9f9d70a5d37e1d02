// SPDX-License-Identifier: MIT
// When a program runs on a device, as people write it: SEC("timer/500ms@3") in C, --on-timer 500ms
// on the command line. In images: SPEC.md, "Image", hooks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mbpf/container/container.hpp"

namespace mbpf::toolkit::package {

struct Hook {
    container::HookKind kind{};
    std::uint8_t order{};
    std::uint16_t entry{};   // Index among the entries.
    std::uint32_t number{};  // Milliseconds of a period, or the number of an event.
    std::string path{};      // Of a kind that has one.

    friend bool operator==(Hook const&, Hook const&) = default;
};

// The hook, or what is wrong with the text.
using Parsed = std::variant<Hook, std::string>;

// `text` is what a hook of that kind needs: "500ms", "sensors/temp", "7" or nothing; "@ORDER" may
// follow.
[[nodiscard]] Parsed parse_hook(container::HookKind kind, std::string_view text);

// Of a section's name; nothing if it is not about hooks.
[[nodiscard]] std::optional<Parsed> parse_section(std::string_view name);

// "boot", "timer", "coap", "coap_packet" or "event", as section names start.
[[nodiscard]] std::string_view name_of(container::HookKind kind);
[[nodiscard]] std::optional<container::HookKind> kind_named(std::string_view name);

// "every 500 ms, order 3"
[[nodiscard]] std::string hook_text(Hook const& hook);

[[nodiscard]] std::vector<std::byte> encode_hooks(std::vector<Hook> const& hooks);

// Those of an image.
[[nodiscard]] std::vector<Hook> hooks_of(container::Hooks const& image);

}  // namespace mbpf::toolkit::package
