// SPDX-License-Identifier: MIT
// CRC-32 of IEEE 802.3 (in catalogues "CRC-32/ISO-HDLC": polynomial 0x04c11db7, reflected, initial
// value and final exclusive-or 0xffffffff). It finds what a loss of power did, not what an attacker
// did.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::storage {

// Of `bytes`, behind others whose CRC is `before`.
[[nodiscard]] std::uint32_t crc32(Bytes bytes, std::uint32_t before = 0);

}  // namespace mbpf::storage
