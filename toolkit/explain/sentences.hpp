// SPDX-License-Identifier: MIT
// What each Fault and Trap means, in the four parts of a report: reason, found, allowed, and what
// to do about it. A device sends the number; the sentence is here. The switches have no default, so
// a new enumerator without a sentence does not compile (-Wswitch -Werror).
#pragma once

#include <cstdint>
#include <string_view>

#include "mbpf/machine/machine.hpp"

namespace mbpf::toolkit::explain {

// What Error::where counts.
enum class Where : std::uint8_t { Nothing, Byte, Slot };

// `found` and `allowed` are format strings with {found}, {allowed}, {found_signed} (as s32),
// {found_helper} and {found_hex}; empty ones are left out of a report.
struct Sentence {
    std::string_view name;  // The enumerator.
    Where where{};
    std::string_view reason;
    std::string_view found;
    std::string_view allowed;
    std::string_view suggestion;
};

// A default Sentence, with an empty name, for numbers that are no Fault or Trap.
[[nodiscard]] Sentence sentence_of(Fault fault);
[[nodiscard]] Sentence sentence_of(machine::Trap trap);

}  // namespace mbpf::toolkit::explain
