// SPDX-License-Identifier: MIT
// What the Femto-Containers family shares: a header of lengths, and the parts in their order.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/program/program_reader.hpp"

namespace mbpf::program {

inline constexpr std::uint32_t femto_magic = 0x4650'4272;      // "rBPF"
inline constexpr std::uint32_t prototype_magic = 0x0000'007b;  // What the prototype's tool writes.

[[nodiscard]] constexpr bool is_femto_magic(std::uint32_t magic) {
    return magic == femto_magic || magic == prototype_magic;
}

enum class FemtoVariant : std::uint8_t {
    Femto,     // magic, version, flags, four lengths: 28 bytes.
    Wide,      // As Femto, with 64 bits of flags (the RIOT module of 2023).
    Extended,  // As Femto, with a count of relocated calls.
};

// Reads a file of one variant, whose parts lie inside the input and account for all of it.
[[nodiscard]] bool read_femto_variant(ProgramReader& reader, FemtoVariant variant);

}  // namespace mbpf::program
