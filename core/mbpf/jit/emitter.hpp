// SPDX-License-Identifier: MIT
// Thumb-2 instructions (Armv7-M ARM, DDI 0403, A7.7) into memory of the caller. Past its end
// nothing is written, but lengths still count, so that a caller learns what it would have taken.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::jit {

enum class Reg : std::uint8_t { r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, sp, lr, pc };

// Data processing, with the numbers of the 32-bit encodings.
enum class Op : std::uint8_t {
    And = 0,
    Bic = 1,
    Orr = 2,
    Orn = 3,
    Eor = 4,
    Add = 8,
    Adc = 10,
    Sbc = 11,
    Sub = 13,
    Rsb = 14
};
enum class ShiftKind : std::uint8_t { Lsl, Lsr, Asr, Ror };
enum class Cond : std::uint8_t { Eq, Ne, Hs, Lo, Mi, Pl, Vs, Vc, Hi, Ls, Ge, Lt, Gt, Le, Always };
enum class Sets : std::uint8_t { Nothing = 0, Flags = 1 };

[[nodiscard]] constexpr Cond inverse(Cond cond) { return Cond(std::uint8_t(cond) ^ 1); }

class Emitter {
public:
    explicit Emitter(WritableBytes code) : code_{code} {}

    [[nodiscard]] std::uint32_t size() const { return size_; }
    [[nodiscard]] bool fits() const { return size_ <= code_.size(); }

    // rd = rn op (rm shifted by a constant)
    void alu(Op op, Reg rd, Reg rn, Reg rm, Sets sets = Sets::Nothing,
             ShiftKind kind = ShiftKind::Lsl, std::uint32_t amount = 0);
    // rd = rn op constant. `scratch` holds the constant if the instruction cannot.
    void alu(Op op, Reg rd, Reg rn, std::uint32_t constant, Reg scratch, Sets sets = Sets::Nothing);
    void compare(Reg rn, Reg rm);
    void compare(Reg rn, std::uint32_t constant, Reg scratch);
    void test(Reg rn, Reg rm);
    void test(Reg rn, std::uint32_t constant, Reg scratch);
    void move(Reg rd, Reg rm);
    void move(Reg rd, std::uint32_t constant);
    void shift(ShiftKind kind, Reg rd, Reg rm, std::uint32_t amount);  // 0 to 31
    void shift(ShiftKind kind, Reg rd, Reg rm, Reg amount);
    void multiply(Reg rd, Reg rn, Reg rm);
    void multiply_subtract(Reg rd, Reg rn, Reg rm, Reg ra);           // rd = ra - rn * rm
    void multiply_add(Reg rd, Reg rn, Reg rm, Reg ra);                // rd = ra + rn * rm
    void multiply_long(Reg low, Reg high, Reg rn, Reg rm);            // unsigned; low is not high
    void divide(Reg rd, Reg rn, Reg rm);                              // unsigned
    void extend(Reg rd, Reg rm, std::uint32_t bits, bool is_signed);  // 8 or 16
    void reverse(Reg rd, Reg rm, std::uint32_t bits);                 // 16 or 32

    // [rn + offset], -255 to 4095
    void load(Reg rt, Reg rn, std::int32_t offset, std::uint32_t bytes, bool is_signed = false);
    void store(Reg rt, Reg rn, std::int32_t offset, std::uint32_t bytes);
    void load_pair(Reg rt, Reg rt2, Reg rn, std::uint32_t offset);  // A multiple of 4, below 1024
    void push(std::uint32_t registers);
    void pop(std::uint32_t registers);

    void branch_register(Reg rm);
    void call_register(Reg rm);
    void if_then(Cond cond);        // The next instruction is executed if cond,
    void if_then_twice(Cond cond);  // or the next two.
    // 32-bit branches, to a place in the code. Those whose target is not known yet are patched.
    void branch(Cond cond, std::uint32_t target);
    void call(std::uint32_t target);
    void patch(std::uint32_t at, std::uint32_t target);

    // A branch whose target is not known: it holds a link to another until it is resolved.
    void branch_later(Cond cond, std::uint32_t link);
    void call_later(std::uint32_t link);  // Of what is 4 bytes before the target.
    std::uint32_t resolve(std::uint32_t at, std::uint32_t target);  // Returns the link.

    void move_halfword(Reg rd, std::uint32_t value);  // 4 bytes, whatever the value.
    void halfword(std::uint32_t value);
    void word(std::uint32_t first, std::uint32_t second) {
        halfword(first);
        halfword(second);
    }

private:
    void put(std::uint32_t at, std::uint32_t value);
    [[nodiscard]] std::uint32_t get(std::uint32_t at) const;

    WritableBytes code_;
    std::uint32_t size_ = 0;
};

// The 12 bits that stand for `value` in an instruction (A5.3.2), or more than 0xfff.
[[nodiscard]] std::uint32_t modified_immediate(std::uint32_t value);

}  // namespace mbpf::jit
