// SPDX-License-Identifier: MIT
#include "tests/unit/program/support/buffer.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace mbpf::test {

namespace {

int digit_of(char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::size_t const value = digits.find(c);
    return value == std::string_view::npos ? -1 : int(value);
}

}  // namespace

Buffer::Buffer(Bytes bytes, std::size_t shift)
    : words_((bytes.size() + shift) / 8 + 2), size_{bytes.size()}, shift_{shift} {
    std::copy(bytes.begin(), bytes.end(), writable().begin());
}

Buffer Buffer::longer(std::size_t more) const {
    Buffer changed{size_ + more};
    std::copy(bytes().begin(), bytes().end(), changed.writable().begin());
    return changed;
}

Buffer from_hex(std::string_view text) {
    std::vector<std::byte> bytes;
    int high = -1;
    bool is_comment = false;
    for (char const c : text) {
        is_comment = c == '#' || (is_comment && c != '\n');
        int const digit = is_comment ? -1 : digit_of(c);
        if (digit < 0) {
            continue;
        }
        if (high < 0) {
            high = digit;
        } else {
            bytes.push_back(std::byte(high * 16 + digit));
            high = -1;
        }
    }
    return Buffer{bytes};
}

std::string to_hex(Bytes bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::byte const byte : bytes) {
        text += digits[std::size_t(byte) / 16];
        text += digits[std::size_t(byte) % 16];
    }
    return text;
}

Buffer golden(std::string const& name) {
    char const* const source = std::getenv("MBPF_SOURCE_DIR");
    std::string const folder = source == nullptr ? "." : source;
    std::ifstream file{folder + "/tests/golden/" + name + ".hex"};
    if (!file) {
        throw std::runtime_error{"no golden file " + name};
    }
    return from_hex(std::string{std::istreambuf_iterator<char>{file}, {}});
}

bool equal(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace mbpf::test
