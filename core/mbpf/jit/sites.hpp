// SPDX-License-Identifier: MIT
// The places where compiled code may ask for help: where in the code, for which instruction, and
// what for. They are written while code is compiled, from the end of its memory down.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::jit {

// What for. An access says what r12 is relative to (bits 0 and 1), and how the upper half of its
// base is known (bits 2 and 3).
enum class Wanted : std::uint8_t {
    Access = 0,  // to 15
    Instruction = 16,
    Helper = 17,
    Fuel = 18,  // This and others need no instruction.
    Depth = 19,
    Leave = 20,  // Nothing: the end of a run, if there are several.
    Shut = 21,   // The windows.
};
enum class Relative : std::uint8_t { Own, Rodata, Context, Window };
enum class High : std::uint8_t { Zero, Sign, Near, Given };

[[nodiscard]] constexpr Wanted wanted_access(Relative relative, High high) {
    return Wanted(std::uint8_t(relative) | std::uint8_t(high) << 2);
}

struct Site {
    std::uint32_t at;  // Halfwords from the start of the code; behind the call.
    std::uint32_t slot;
    Wanted wanted;
    std::uint32_t ordinal = 0;  // Among those that need an instruction, by place.
};

// What stands behind a call for help that is always made, before its slot: both are data, which
// nothing else behind a call looks like (UDF, A7.7.194). So it need not be found.
inline constexpr std::uint32_t slot_mark = 0xde6d;

// Whether who serves it looks at its instruction.
[[nodiscard]] constexpr bool needs_instruction(Wanted wanted) { return wanted < Wanted::Fuel; }

// Halfwords: 6 bits of distance, 5 of slots with a sign, 5 of Wanted. If the distance is 0, another
// has 9 bits of it and the upper 7 of 12 for slots; and if that is 0, place and slot follow, whole;
// how many halfwords further on the next such one ends, or 0, so that few are looked at; and the
// ordinal.
class SiteWriter {
public:
    explicit SiteWriter(WritableBytes memory) : memory_{memory} {}

    void add(Site site);
    [[nodiscard]] std::uint32_t size() const { return size_; }

private:
    void put(std::uint32_t value);
    void put_at(std::uint32_t end, std::uint32_t value);

    WritableBytes memory_;
    std::uint32_t size_ = 0;
    std::uint32_t at_ = 0;
    std::uint32_t slot_ = 0;
    std::uint32_t count_ = 0;      // Since the last whole one,
    std::uint32_t whole_end_ = 0;  // which ends there.
    std::uint32_t ordinal_ = 0;
};

// The site at `at`, which is in `sites`: what a SiteWriter wrote, its last bytes first.
[[nodiscard]] Site find_site(Bytes sites, std::uint32_t at);

// Of the sites that need an instruction: how many there are, and the slot of each in their order.
using TakeSlot = void (*)(void* context, std::uint32_t slot);
std::uint32_t each_instruction(Bytes sites, TakeSlot take, void* context);

}  // namespace mbpf::jit
