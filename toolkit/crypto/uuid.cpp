// SPDX-License-Identifier: MIT
#include "toolkit/crypto/uuid.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "toolkit/crypto/crypto.hpp"
#include "toolkit/input/number.hpp"

namespace mbpf::toolkit::crypto {

namespace {

constexpr std::array<std::size_t, 4> dashes{8, 13, 18, 23};
constexpr std::size_t text_size = 36;
constexpr std::string_view domain_names = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";  // RFC 9562, 6.6

}  // namespace

suit::Uuid random_uuid() {
    std::random_device random;
    suit::Uuid uuid;
    for (std::byte& part : uuid) {
        part = std::byte(random());
    }
    uuid[6] = (uuid[6] & std::byte{0x0f}) | std::byte{0x40};
    uuid[8] = (uuid[8] & std::byte{0x3f}) | std::byte{0x80};
    return uuid;
}

std::string uuid_text(suit::Uuid const& uuid) {
    std::string text = input::hex_text(uuid);
    for (std::size_t const at : dashes) {
        text.insert(at, "-");
    }
    return text;
}

std::optional<suit::Uuid> parse_uuid(std::string_view text) {
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const is_dash = std::find(dashes.begin(), dashes.end(), i) != dashes.end();
        bool const is_digit = std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
        if (is_dash ? text[i] != '-' : !is_digit) {
            return {};
        }
        digits += is_dash ? "" : std::string(1, text[i]);
    }
    std::optional<std::vector<std::byte>> const bytes = input::parse_hex(digits);
    suit::Uuid uuid;
    if (text.size() != text_size || !bytes || bytes->size() != uuid.size()) {
        return {};
    }
    std::copy(bytes->begin(), bytes->end(), uuid.begin());
    return uuid;
}

suit::Uuid vendor_uuid(std::string_view text) {
    std::optional<suit::Uuid> const uuid = parse_uuid(text);
    return uuid ? *uuid : name_uuid(*parse_uuid(domain_names), text);
}

suit::Uuid class_uuid(suit::Uuid const& vendor, std::string_view text) {
    std::optional<suit::Uuid> const uuid = parse_uuid(text);
    return uuid ? *uuid : name_uuid(vendor, text);
}

}  // namespace mbpf::toolkit::crypto
