// SPDX-License-Identifier: MIT
// What a container is called: 1 to 23 characters of a-z, 0-9, '-' and '_', so that it is a segment
// of a path, a key of the journal and a word of a command line alike.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/container/config.hpp"

namespace mbpf::container {

class Name {
public:
    constexpr Name() = default;

    // Fault::NameMalformed.
    [[nodiscard]] static constexpr Result<Name> of(std::string_view text) {
        if (!is_well_formed(text)) {
            return Error{Fault::NameMalformed, 0, std::uint32_t(text.size()), 0};
        }
        Name name;
        for (char const c : text) {
            name.characters_[name.size_++] = c;
        }
        return name;
    }

    [[nodiscard]] constexpr std::string_view text() const { return {characters_.data(), size_}; }
    [[nodiscard]] constexpr bool is(std::string_view other) const {
        return other.size() == size_ &&
               __builtin_memcmp(other.data(), characters_.data(), size_) == 0;
    }

private:
    [[nodiscard]] static constexpr bool is_well_formed(std::string_view text) {
        bool good = !text.empty() && text.size() <= config::max_name_bytes;
        for (char const c : text) {
            bool const is_letter = c >= 'a' && c <= 'z';
            bool const is_digit = c >= '0' && c <= '9';
            good = good && (is_letter || is_digit || c == '-' || c == '_');
        }
        return good;
    }

    std::array<char, config::max_name_bytes> characters_{};
    std::uint8_t size_ = 0;
};

}  // namespace mbpf::container
