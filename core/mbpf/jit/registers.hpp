// SPDX-License-Identifier: MIT
// What the core's registers hold in compiled code.
#pragma once

#include "mbpf/jit/emitter.hpp"
#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

inline constexpr Reg run = Reg::r4;
inline constexpr Reg fuel = Reg::r11;
inline constexpr Reg scratch = Reg::r12;
inline constexpr Reg scratch2 = Reg::lr;
inline constexpr std::uint32_t as_entered = 0x8ff8;  // r3 to r11, pc: what jit.cpp pushed.

// Arguments of helpers are where a call wants them; the rest survives calls.
inline constexpr Reg homes[isa::frame_pointer] = {Reg::r5, Reg::r0, Reg::r1, Reg::r2, Reg::r3,
                                                  Reg::r6, Reg::r7, Reg::r8, Reg::r9, Reg::r10};

[[nodiscard]] constexpr Reg home_of(std::uint32_t reg) { return homes[reg]; }
[[nodiscard]] constexpr std::int32_t low_at(std::uint32_t reg) { return std::int32_t(reg * 8); }
[[nodiscard]] constexpr std::int32_t high_at(std::uint32_t reg) {
    return std::int32_t(reg * 8 + 4);
}

[[nodiscard]] constexpr bool is_reg(isa::Slot slot) {
    return (slot.opcode() & isa::source_register) != 0;
}
[[nodiscard]] constexpr isa::Alu operation_of(isa::Slot slot) {
    return isa::Alu(slot.opcode() & 0xf0);
}
[[nodiscard]] constexpr bool is_64(isa::Slot slot) {
    return isa::class_of(slot.opcode()) == isa::Class::Alu64;
}

}  // namespace mbpf::jit
