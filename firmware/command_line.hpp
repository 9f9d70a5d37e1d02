// SPDX-License-Identifier: MIT
// The words that the emulator was started with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mbpf::firmware {

class CommandLine {
public:
    // False if it is too long, or there is none.
    [[nodiscard]] bool read();
    // Words are apart by one blank or more; an empty one ends them. It lives as long as this.
    char const* next_word();

private:
    static constexpr std::size_t max_bytes = 1024;

    char text_[max_bytes]{};
    std::size_t at_ = 0;
};

// What follows `name` in `word`, as in flash=FILE; null if it is something else.
[[nodiscard]] char const* option_value(char const* word, char const* name);

// "10.0.2.15", or "10.0.2.15/24" with the length of the prefix.
struct Address {
    std::uint32_t address{};
    unsigned prefix_bits = 32;
};
// Nothing if it is no number of 32 bits.
[[nodiscard]] std::optional<std::uint32_t> parse_number(char const* text);
[[nodiscard]] std::optional<Address> parse_address(char const* text);

}  // namespace mbpf::firmware
