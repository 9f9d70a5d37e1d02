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

// To begin with; if there are such.
struct QuickWindows {
    QuickWindow readable;
    QuickWindow writable;
};

// Compiled code finds it at sp, and makes of it what it needs.
struct Run {
    std::uint32_t outgoing[2];  // The fifth argument of a helper (AAPCS32 6.4).
    interpreter::Frame frame;   // Its registers are where halves live that have no register.
    std::uint32_t own;          // Start of region 0.
    QuickContext context;
    QuickWindows windows;
    std::uint32_t ended_at;     // Behind the call that ended the last function.
    std::uint32_t saved;        // The next free SavedFrame,
    std::uint32_t saved_start;  // and the first.
    std::uint32_t depth_left;   // Calls that may still be made.
    std::uint32_t granted;      // Instructions, of the budget.
    std::uint32_t budget;
    machine::TrapReport* report;
    Code const* code;
    std::uint32_t kept;      // r7 of who called.
    std::uint32_t gate;      // Where code calls for help,
    std::uint32_t way_back;  // and where it goes at the end: see enter() (gate.hpp).
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
inline constexpr std::uint32_t granted_at = depth_at + 4;
inline constexpr std::uint32_t kept_at = granted_at + 16;
inline constexpr std::uint32_t gate_at = kept_at + 4;
inline constexpr std::uint32_t way_back_at = gate_at + 4;
inline constexpr std::uint32_t run_bytes = way_back_at + 4;
static_assert(run_bytes % 8 == 0);
static_assert(sizeof(void*) != 4 ||
              (offsetof(Run, frame) == registers_at && offsetof(Run, own) == own_at &&
               offsetof(Run, windows) == readable_at && offsetof(Run, granted) == granted_at &&
               offsetof(Run, kept) == kept_at && sizeof(Run) == run_bytes));

// Registers of the core where compiled code called for help: r0 to r12, and lr.
using CoreRegisters = std::uint32_t[14];

// For a run that has windows.
[[nodiscard]] QuickWindows open_windows(Code const& code);

// What compiled code calls to divide numbers of 64 bits is so many bytes behind the gate. The
// halfword behind the call says how (bit 0: the remainder, bit 1: of signed numbers) and which of
// the doublewords of Run are divided (bits 4 to 7) by which (bits 8 to 11).
inline constexpr std::uint32_t divide_gate = 16;
void divide(std::uint64_t* words, std::uint32_t what);

// Does what compiled code asks for where it called, or makes it end the run.
void serve(Run& run, CoreRegisters& core);

// How code leaves, in r0 to r3.
struct Left {
    std::uint32_t low;  // Halves of r0 of the program.
    std::uint32_t high;
    std::int32_t fuel;     // Instructions left of those granted.
    std::uint32_t behind;  // r14.
};

// When a run has used more instructions than were granted: asks for more, or reports that there are
// none.
void settle_debt(Run& run, Left& left);

}  // namespace mbpf::jit
