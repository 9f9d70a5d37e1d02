// SPDX-License-Identifier: MIT
// What compiled code and the functions that it calls share. Compiled code knows the offsets; on
// another core than a 32-bit one it is only looked at.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mbpf/interpreter/frame.hpp"
#include "mbpf/verifier/verifier.hpp"

namespace mbpf::jit {

// The region that allowed the last access of its kind, for any access of at most 8 bytes.
struct QuickWindow {
    std::uint32_t base;
    std::uint32_t last;  // Offset of the last 8 bytes.
};

struct Run {
    interpreter::Frame frame;  // Low halves of its registers are in the core's while code runs.
    QuickWindow readable;
    QuickWindow writable;
    std::uint32_t stack;  // Of the core, where code was entered: to leave from any depth.
    std::int32_t fuel;    // Instructions left of the last grant.
    std::byte const* text;
};

inline constexpr std::uint32_t readable_at = 144;
inline constexpr std::uint32_t writable_at = 152;
inline constexpr std::uint32_t stack_at = 160;
inline constexpr std::uint32_t fuel_at = 164;
static_assert(sizeof(void*) != 4 ||
              (offsetof(Run, readable) == readable_at && offsetof(Run, writable) == writable_at &&
               offsetof(Run, stack) == stack_at && offsetof(Run, fuel) == fuel_at));

// Functions that compiled code calls, with the slot of the instruction. 0: the run has ended.
using Service = std::uint32_t (*)(Run& run, std::uint32_t slot);
// An access outside the window. The upper half of its base is in the Run, or is known.
std::uint32_t serve_access(Run& run, std::uint32_t slot);
std::uint32_t serve_access_zero(Run& run, std::uint32_t slot);
std::uint32_t serve_access_sign(Run& run, std::uint32_t slot);
std::uint32_t serve_instruction(Run& run, std::uint32_t slot);
std::uint32_t serve_helper(Run& run, std::uint32_t slot);
std::uint32_t serve_enter(Run& run, std::uint32_t slot);
std::uint32_t serve_leave(Run& run, std::uint32_t slot);
std::uint32_t serve_fuel(Run& run, std::uint32_t slot);

enum class Gate : std::uint8_t {
    Access,
    AccessZero,
    AccessSign,
    Instruction,
    Helper,
    Enter,
    Leave,
    Fuel,
};
inline constexpr std::uint32_t gate_count = 8;
inline constexpr Service services[gate_count]{
    serve_access, serve_access_zero, serve_access_sign, serve_instruction,
    serve_helper, serve_enter,       serve_leave,       serve_fuel};

}  // namespace mbpf::jit
