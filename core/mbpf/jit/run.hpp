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

struct QuickContext {
    std::uint32_t base;
    std::uint32_t last;  // Offset of the last bytes, as many as the compiler chose.
};

// The region that allowed the last access of its kind. Both windows are shut for the rest of a run
// where an upper half is not 0 that code takes for one of an address: then each access is served.
struct QuickWindow {
    std::uint32_t base;
    std::uint32_t count;  // Where an access of as many bytes may start; 0 if it is shut.
};

// How many those are, at most interpreter::narrowest_window; 0 if there is no such window.
struct WindowBytes {
    std::uint32_t readable;
    std::uint32_t writable;
};

// What one run is, for those that serve it.
struct Start {
    std::int32_t fuel;      // Instructions left of those granted, for who grants more.
    std::uint32_t granted;  // Instructions, of the budget.
    std::uint32_t budget;
    machine::TrapReport* report;
    Code const* code;
    QuickWindow readable;  // To begin with; if there are such.
    QuickWindow writable;
};

inline constexpr std::uint32_t first_readable_at = 20;
inline constexpr std::uint32_t first_writable_at = first_readable_at + 8;
static_assert(sizeof(void*) != 4 || (offsetof(Start, readable) == first_readable_at &&
                                     offsetof(Start, writable) == first_writable_at));

// Compiled code finds it at sp, and makes of it what it needs.
struct Run {
    std::uint32_t outgoing[2];  // The fifth argument of a helper (AAPCS32 6.4).
    interpreter::Frame frame;   // Its registers are where halves live that have no register.
    std::uint32_t own;          // Start of region 0.
    QuickContext context;
    QuickWindow readable;
    QuickWindow writable;
    std::uint32_t ended_at;     // Behind the call that ended the last function.
    std::uint32_t saved;        // The next free SavedFrame,
    std::uint32_t saved_start;  // and the first.
    std::uint32_t depth_left;   // Calls that may still be made.
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
inline constexpr std::uint32_t start_at = depth_at + 4;
inline constexpr std::uint32_t run_bytes = 200;
static_assert(sizeof(void*) != 4 ||
              (offsetof(Run, frame) == registers_at && offsetof(Run, own) == own_at &&
               offsetof(Run, start) == start_at && sizeof(Run) == run_bytes));

// Registers of the core where compiled code called for help: r0 to r12, and lr.
using CoreRegisters = std::uint32_t[14];

// Before a run that has windows.
void open_windows(Start& start);

// What compiled code calls to divide numbers of 64 bits is so many bytes behind the gate. The
// halfword behind the call says how (bit 0: the remainder, bit 1: of signed numbers) and which of
// the doublewords of Run are divided (bits 4 to 7) by which (bits 8 to 11).
inline constexpr std::uint32_t divide_gate = 16;
void divide(std::uint64_t* words, std::uint32_t what);

// Does what compiled code asks for where it called, or makes it end the run.
void serve(Run& run, CoreRegisters& core);

}  // namespace mbpf::jit
