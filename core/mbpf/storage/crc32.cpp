// SPDX-License-Identifier: MIT
// Bit by bit: a table costs more flash than the time is worth, which a mount and a put spend.
#include "mbpf/storage/crc32.hpp"

namespace mbpf::storage {

namespace {

constexpr std::uint32_t reflected_polynomial = 0xedb8'8320;
constexpr std::uint32_t bits_per_byte = 8;

}  // namespace

std::uint32_t crc32(Bytes bytes, std::uint32_t before) {
    std::uint32_t crc = ~before;
    for (std::byte const byte : bytes) {
        crc ^= std::uint32_t(byte);
        for (std::uint32_t bit = 0; bit < bits_per_byte; ++bit) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
        }
    }
    return ~crc;
}

}  // namespace mbpf::storage
