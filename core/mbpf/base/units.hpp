// SPDX-License-Identifier: MIT
// One type per kind of number, so that a slot is never mistaken for a byte.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mbpf {

// Position of an instruction in a program, counted in 8-byte slots (RFC 9669 section 3).
struct Pc {
    std::uint32_t slot;

    friend constexpr bool operator==(Pc, Pc) = default;
    friend constexpr bool operator<(Pc a, Pc b) { return a.slot < b.slot; }
};

// Number of a helper function, as the immediate of a CALL gives it (RFC 9669 section 4.3.1).
struct HelperId {
    std::uint32_t number{};

    friend constexpr bool operator==(HelperId, HelperId) = default;
};

// Instructions a run may execute; LDDW counts as one (SPEC.md, "Budget").
struct Budget {
    std::uint32_t instructions{};
};

// The other measure of a run: jumps that it may take, and local calls (docs/femto.md).
struct Branches {
    std::uint32_t taken{};
};

inline constexpr std::size_t slot_bytes = 8;

}  // namespace mbpf
