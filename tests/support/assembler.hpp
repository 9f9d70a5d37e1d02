// SPDX-License-Identifier: MIT
// Programs written as C++: `join({mov64(r0, 5), leave()})`. It takes any field value, because most
// programs of the tests are wrong on purpose.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "mbpf/isa/isa.hpp"

namespace mbpf::test {

struct Register {
    std::uint8_t number{};
};

inline constexpr Register r0{0}, r1{1}, r2{2}, r3{3}, r4{4}, r5{5}, r6{6}, r7{7}, r8{8}, r9{9},
    r10{10};

// Slots of a program, or of a piece of one.
class Code {
public:
    Code() = default;
    Code(isa::Slot slot) : slots{slot} {}
    explicit Code(std::vector<isa::Slot> all) : slots{std::move(all)} {}

    std::vector<isa::Slot> slots;
};

[[nodiscard]] Code join(std::initializer_list<Code> pieces);
[[nodiscard]] Code repeat(std::size_t times, Code const& piece);
[[nodiscard]] std::vector<std::byte> bytes_of(Code const& code);
[[nodiscard]] std::string hex_of(Code const& code);

[[nodiscard]] isa::Slot alu64(isa::Alu operation, Register dst, std::int32_t imm);
[[nodiscard]] isa::Slot alu64(isa::Alu operation, Register dst, Register src);
[[nodiscard]] isa::Slot alu32(isa::Alu operation, Register dst, std::int32_t imm);
[[nodiscard]] isa::Slot alu32(isa::Alu operation, Register dst, Register src);

[[nodiscard]] inline isa::Slot mov64(Register dst, std::int32_t imm) {
    return alu64(isa::Alu::Mov, dst, imm);
}
[[nodiscard]] inline isa::Slot mov64(Register dst, Register src) {
    return alu64(isa::Alu::Mov, dst, src);
}
[[nodiscard]] inline isa::Slot mov32(Register dst, std::int32_t imm) {
    return alu32(isa::Alu::Mov, dst, imm);
}
[[nodiscard]] inline isa::Slot mov32(Register dst, Register src) {
    return alu32(isa::Alu::Mov, dst, src);
}
[[nodiscard]] inline isa::Slot add64(Register dst, std::int32_t imm) {
    return alu64(isa::Alu::Add, dst, imm);
}
[[nodiscard]] inline isa::Slot add64(Register dst, Register src) {
    return alu64(isa::Alu::Add, dst, src);
}

// The signed division and remainder, and the sign-extending move: `base` with an offset.
[[nodiscard]] isa::Slot with_offset(isa::Slot base, std::int16_t offset);

[[nodiscard]] isa::Slot neg64(Register dst);
[[nodiscard]] isa::Slot neg32(Register dst);
[[nodiscard]] isa::Slot little_endian(Register dst, std::int32_t bits);
[[nodiscard]] isa::Slot big_endian(Register dst, std::int32_t bits);
[[nodiscard]] isa::Slot byte_swap(Register dst, std::int32_t bits);

// Two slots.
[[nodiscard]] Code lddw(Register dst, std::uint64_t value);
[[nodiscard]] Code lddw_data(Register dst, std::uint64_t offset);
[[nodiscard]] Code lddw_rodata(Register dst, std::uint64_t offset);

[[nodiscard]] isa::Slot ja(std::int16_t offset);
[[nodiscard]] isa::Slot ja32(std::int32_t imm);
[[nodiscard]] isa::Slot jump64(isa::Jump condition, Register dst, std::int32_t imm,
                               std::int16_t offset);
[[nodiscard]] isa::Slot jump64(isa::Jump condition, Register dst, Register src,
                               std::int16_t offset);
[[nodiscard]] isa::Slot jump32(isa::Jump condition, Register dst, std::int32_t imm,
                               std::int16_t offset);
[[nodiscard]] isa::Slot jump32(isa::Jump condition, Register dst, Register src,
                               std::int16_t offset);
[[nodiscard]] isa::Slot call_helper(std::int32_t id);
[[nodiscard]] isa::Slot call_local(std::int32_t imm);
[[nodiscard]] isa::Slot leave();

[[nodiscard]] isa::Slot load(isa::Size size, Register dst, Register src, std::int16_t offset);
[[nodiscard]] isa::Slot load_signed(isa::Size size, Register dst, Register src,
                                    std::int16_t offset);
[[nodiscard]] isa::Slot store(isa::Size size, Register dst, std::int16_t offset, Register src);
[[nodiscard]] isa::Slot store(isa::Size size, Register dst, std::int16_t offset, std::int32_t imm);
// `operation` is the immediate: see isa::Atomic.
[[nodiscard]] isa::Slot atomic(isa::Size size, std::int32_t operation, Register dst,
                               std::int16_t offset, Register src);

}  // namespace mbpf::test
