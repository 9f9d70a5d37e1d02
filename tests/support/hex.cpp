// SPDX-License-Identifier: MIT
#include "tests/support/hex.hpp"

#include <stdexcept>

namespace mbpf::test {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

unsigned digit(char character) {
    std::size_t const value = digits.find(character);
    if (value == std::string_view::npos) {
        throw std::invalid_argument{"not a lower-case hexadecimal digit"};
    }
    return unsigned(value);
}

}  // namespace

std::string to_hex(std::span<std::byte const> bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (std::byte const byte : bytes) {
        text += digits[std::size_t(byte) >> 4];
        text += digits[std::size_t(byte) & 0xf];
    }
    return text;
}

std::vector<std::byte> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        throw std::invalid_argument{"half a byte"};
    }
    std::vector<std::byte> bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        bytes.push_back(std::byte(digit(text[i]) << 4 | digit(text[i + 1])));
    }
    return bytes;
}

}  // namespace mbpf::test
