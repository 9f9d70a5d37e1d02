// SPDX-License-Identifier: MIT
// What the Femto-Containers family shares: a header of lengths, and the parts in their order.
// Invariant: parts of a reader whose read() succeeded lie inside the input and account for all of it.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/program/refusal.hpp"
#include "mbpf/program/view.hpp"

namespace mbpf::program {

inline constexpr std::uint32_t femto_magic = 0x4650'4272;      // "rBPF"
inline constexpr std::uint32_t prototype_magic = 0x0000'007b;  // What the prototype's tool writes.

enum class FemtoVariant : std::uint8_t {
    Femto,     // magic, version, flags, four lengths: 28 bytes.
    Wide,      // As Femto, with 64 bits of flags (the RIOT module of 2023).
    Extended,  // As Femto, with a count of relocated calls.
};

// Whether `bytes` starts like a file of the family.
[[nodiscard]] bool has_femto_magic(Bytes bytes);

class FemtoReader : public Refusable {
public:
    FemtoReader(Bytes bytes, FemtoVariant variant) : rest_{bytes}, variant_{variant} {}

    [[nodiscard]] bool read();

    [[nodiscard]] Program& program() { return program_; }
    // Extended only: the records of calls to resolve.
    [[nodiscard]] Bytes calls() const { return calls_; }

private:
    [[nodiscard]] bool take(Bytes& part, std::uint32_t count, std::size_t element_bytes);

    Bytes rest_;  // Of the input, not yet taken.
    Bytes calls_;
    Program program_;
    FemtoVariant variant_;
};

}  // namespace mbpf::program
