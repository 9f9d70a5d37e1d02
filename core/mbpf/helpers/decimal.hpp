// SPDX-License-Identifier: MIT
// Numbers as text.
#pragma once

#include <cstdint>

namespace mbpf::helpers {

// Digits of a number, built from its last one.
class Digits {
public:
    static constexpr std::uint32_t max_digits = 22;  // 2^64 - 1 in octal

    // Writes at least `least` digits; a base of 2 is too small for max_digits.
    void put(std::uint64_t value, std::uint32_t base, char ten = 'a', std::uint32_t least = 1) {
        for (; value != 0 || least != 0; value /= base) {
            std::uint32_t const digit = std::uint32_t(value % base);
            put(char(digit < 10 ? '0' + digit : std::uint32_t(ten) + digit - 10));
            least -= least != 0 ? 1 : 0;
        }
    }
    void put(char c) { text_[--start_] = c; }

    [[nodiscard]] char const* text() const { return text_ + start_; }
    [[nodiscard]] std::uint32_t size() const { return capacity - start_; }

private:
    static constexpr std::uint32_t capacity = max_digits + 2;  // Sign and point

    char text_[capacity];
    std::uint32_t start_ = capacity;
};

}  // namespace mbpf::helpers
