// SPDX-License-Identifier: MIT
// Memory that keeps its contents without power, as NOR flash does it: read like any memory, written
// in units of 8 bytes, each once between two erasures of its sector.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::port {

inline constexpr std::uint32_t flash_write_bytes = 8;
inline constexpr std::byte erased_byte{0xff};

[[nodiscard]] constexpr bool is_erased(Bytes bytes) {
    for (std::byte const byte : bytes) {
        if (byte != erased_byte) {
            return false;
        }
    }
    return true;
}

// `erase` and `write` answer whether it worked. Power may fail in the middle of either: then the
// sector, or the bytes being written, hold anything.
struct Flash {
    Bytes memory;                  // Whole sectors; 8-aligned; where programs run in place.
    std::uint32_t sector_bytes{};  // A power of two; what `erase` sets to 0xff.
    void* context{};               // Of the functions.
    bool (*erase)(void* context, std::uint32_t offset){};  // `offset`: of a sector.
    // `offset` and the size are multiples of flash_write_bytes; what is there is erased.
    bool (*write)(void* context, std::uint32_t offset, Bytes bytes){};

    [[nodiscard]] std::uint32_t sectors() const {
        return std::uint32_t(memory.size()) / sector_bytes;
    }
};

}  // namespace mbpf::port
