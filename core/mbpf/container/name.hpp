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
    [[nodiscard]] static Name of(Attempt& attempt, std::string_view text);
    [[nodiscard]] static Result<Name> of(std::string_view text) {
        return result_of([&](Attempt& attempt) { return of(attempt, text); });
    }

    [[nodiscard]] constexpr std::string_view text() const { return {characters_.data(), size_}; }
    [[nodiscard]] bool is(std::string_view other) const { return equal(other, text()); }

private:
    std::array<char, config::max_name_bytes> characters_{};
    std::uint8_t size_ = 0;
};

}  // namespace mbpf::container
