// SPDX-License-Identifier: MIT
#include "toolkit/input/number.hpp"

#include <charconv>

namespace mbpf::toolkit::input {

namespace {

std::optional<unsigned> digit(char c) {
    if (c >= '0' && c <= '9') {
        return unsigned(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return unsigned(c - 'a') + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return unsigned(c - 'A') + 10;
    }
    return {};
}

bool has_hex_prefix(std::string_view text) {
    return text.starts_with("0x") || text.starts_with("0X");
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
    int const base = has_hex_prefix(text) ? 16 : 10;
    if (base == 16) {
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return {};
    }
    return value;
}

std::optional<std::vector<std::byte>> parse_hex(std::string_view text) {
    constexpr std::string_view separators = " \t\r\n:,_";
    if (has_hex_prefix(text)) {
        text.remove_prefix(2);
    }
    std::vector<std::byte> bytes;
    std::size_t at = 0;
    while (at < text.size()) {
        if (separators.find(text[at]) != std::string_view::npos) {
            ++at;
            continue;
        }
        std::optional<unsigned> const high = digit(text[at]);
        std::optional<unsigned> const low =
            at + 1 < text.size() ? digit(text[at + 1]) : std::optional<unsigned>{};
        if (!high || !low) {
            return {};
        }
        bytes.push_back(std::byte(*high << 4 | *low));
        at += 2;
    }
    return bytes;
}

std::string hex_text(Bytes bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::byte const byte : bytes) {
        text.push_back(digits[std::size_t(byte) >> 4]);
        text.push_back(digits[std::size_t(byte) & 15]);
    }
    return text;
}

}  // namespace mbpf::toolkit::input
