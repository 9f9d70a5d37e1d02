// SPDX-License-Identifier: MIT
// Kinds of records that the runtime keeps in the journal of the storage (SPEC.md, "Storage").
#pragma once

#include <cstdint>

namespace mbpf::container {

inline constexpr std::uint8_t install_kind = 1;  // By name of the container: InstallRecord
inline constexpr std::uint8_t policy_kind = 2;   // No key: u32 sequence number, SignerRecord each
inline constexpr std::uint8_t kept_kind = 3;     // By name; no key: the global store. kept.hpp
inline constexpr std::uint8_t floor_kind = 4;    // No key: u32, above which unknown names begin

}  // namespace mbpf::container
