// SPDX-License-Identifier: MIT
// A Block1 or Block2 option (RFC 7959 section 2.2), as offset and size instead of number and
// exponent. Invariant: the size is a power of two from 16 to 1024, the offset a multiple of it.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

namespace mbpf::coap {

struct Block {
    std::uint32_t offset_bytes{};
    std::uint16_t size_bytes{};
    bool has_more{};
    bool is_present{};

    [[nodiscard]] constexpr std::uint32_t option() const {
        std::uint32_t const exponent = std::uint32_t(std::countr_zero(size_bytes)) - 4;
        return offset_bytes >> (exponent + 4) << 4 | std::uint32_t(has_more) << 3 | exponent;
    }
};

inline constexpr std::uint32_t max_block_number = 0xf'ffff;

// Nothing for the reserved exponent, and for numbers of more than 20 bits.
[[nodiscard]] constexpr std::optional<Block> block_of(std::uint32_t option) {
    std::uint32_t const exponent = option & 7;
    std::uint32_t const number = option >> 4;
    if (exponent == 7 || number > max_block_number) {
        return std::nullopt;
    }
    return Block{.offset_bytes = number << (exponent + 4),
                 .size_bytes = std::uint16_t(16u << exponent),
                 .has_more = (option & 8) != 0,
                 .is_present = true};
}

}  // namespace mbpf::coap
