// SPDX-License-Identifier: MIT
// What compiled code and the functions that serve it share. Compiled code finds it at sp, and knows
// the offsets; on another core than a 32-bit one it is only looked at.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mbpf/interpreter/frame.hpp"
#include "mbpf/jit/facts.hpp"
#include "mbpf/jit/sites.hpp"
#include "mbpf/verifier/verifier.hpp"

namespace mbpf::jit {

struct Code;

// The region that allowed the last access of its kind, for any access of at most 8 bytes.
struct QuickWindow {
    std::uint32_t base;
    std::uint32_t last;  // Offset of the last 8 bytes.
};

// What a run starts with; and, first, what it leaves.
struct Start {
    std::uint32_t result[2];
    std::int32_t fuel;       // Instructions left of the last grant.
    std::uint32_t ended_at;  // Behind the call that ended the run.
    QuickWindow context;
    std::uint32_t context_bytes;
    std::uint32_t budget_left;  // Instructions not yet granted.
    machine::Instance* instance;
    machine::TrapReport* report;
    Code const* code;
    std::byte const* text;
};

inline constexpr std::uint32_t result_in_start = 0;
inline constexpr std::uint32_t fuel_in_start = 8;
inline constexpr std::uint32_t ended_in_start = 12;
inline constexpr std::uint32_t context_in_start = 16;
inline constexpr std::uint32_t context_bytes_in_start = 24;

// Compiled code finds it at sp, and makes of it what it needs.
struct Run {
    std::uint32_t outgoing[2];  // The fifth argument of a helper (AAPCS32 6.4).
    interpreter::Frame frame;   // Its registers are where halves live that have no register.
    std::uint32_t own;          // Start of region 0.
    QuickWindow context;
    QuickWindow readable;
    QuickWindow writable;
    std::uint32_t ended_at;
    std::uint32_t saved;         // The next free SavedFrame,
    std::uint32_t saved_start;   // and the first.
    std::uint32_t depth_left;    // Calls that may still be made.
    std::uint32_t high_of_base;  // Of an access that was not quick, if it is not known.
    Start* start;
};

inline constexpr std::uint32_t registers_at = 8;
inline constexpr std::uint32_t own_at = 152;
inline constexpr std::uint32_t context_at = own_at + 4;
inline constexpr std::uint32_t readable_at = context_at + 8;
inline constexpr std::uint32_t writable_at = readable_at + 8;
inline constexpr std::uint32_t ended_at = writable_at + 8;
inline constexpr std::uint32_t saved_at = ended_at + 4;
inline constexpr std::uint32_t saved_start_at = saved_at + 4;
inline constexpr std::uint32_t depth_at = saved_start_at + 4;
inline constexpr std::uint32_t high_of_base_at = depth_at + 4;
inline constexpr std::uint32_t start_at = high_of_base_at + 4;
inline constexpr std::uint32_t run_bytes = 208;
static_assert(sizeof(void*) != 4 ||
              (offsetof(Run, frame) == registers_at && offsetof(Run, own) == own_at &&
               offsetof(Run, start) == start_at && sizeof(Run) == run_bytes));
// What enter() pushes on top: r3 to r11, and where to return.
inline constexpr std::uint32_t entered = 0x8ff8;

// Regions of compiled code keep this distance from the ends of its half of the address space.
[[nodiscard]] inline bool is_reachable_by_code(machine::Region const& region) {
    constexpr std::uintptr_t room = 0x8000'0000u - 2 * region_margin;
    std::uintptr_t const offset = region.base - region_margin;
    return region.bytes == 0 || (offset < room && region.bytes <= room - offset);
}

// Registers of the core where compiled code called for help: r0 to r12, and lr.
using CoreRegisters = std::uint32_t[14];

// Does what compiled code asks for where it called: false ends the run.
[[nodiscard]] bool serve(Run& run, CoreRegisters& core);

// Grants more instructions, if the last grant is used up: false ends the run.
[[nodiscard]] bool serve_fuel(Start& start);
// The place in compiled code from which it called.
[[nodiscard]] Site site_of(Start const& start, std::uint32_t return_address);

}  // namespace mbpf::jit
