// SPDX-License-Identifier: MIT
// Ids of vendors and classes of devices: a UUID as text, or the name that one is made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mbpf/suit/suit.hpp"

namespace mbpf::toolkit::crypto {

inline constexpr char const* own_vendor = "microbpf";

// "b8277cc5-c840-5ad0-9afa-9721cddce04f"
[[nodiscard]] std::string uuid_text(suit::Uuid const& uuid);
[[nodiscard]] std::optional<suit::Uuid> parse_uuid(std::string_view text);

// By chance: version 4.
[[nodiscard]] suit::Uuid random_uuid();

// Of a UUID as text, or of a name: that of a vendor is one among domain names, that of a class one
// of the vendor's.
[[nodiscard]] suit::Uuid vendor_uuid(std::string_view text);
[[nodiscard]] suit::Uuid class_uuid(suit::Uuid const& vendor, std::string_view text);

}  // namespace mbpf::toolkit::crypto
