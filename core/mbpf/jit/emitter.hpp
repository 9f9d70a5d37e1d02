// SPDX-License-Identifier: MIT
// Thumb-2 instructions (Armv7-M ARM, DDI 0403, A7.7) into memory of the caller, each in its
// shortest encoding. Past the end of the memory nothing is written, but lengths still count, so
// that a caller learns what it would have taken.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::jit {

enum class Reg : unsigned { r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, sp, lr, pc };

[[nodiscard]] constexpr bool is_low(Reg reg) { return std::uint32_t(reg) < 8; }
[[nodiscard]] constexpr bool are_low(Reg a, Reg b) {
    return (std::uint32_t(a) | std::uint32_t(b)) < 8;
}
[[nodiscard]] constexpr bool are_low(Reg a, Reg b, Reg c) {
    return (std::uint32_t(a) | std::uint32_t(b) | std::uint32_t(c)) < 8;
}

// Data processing, with the numbers of the 32-bit encodings.
enum class Op : std::uint32_t {
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
enum class ShiftKind : std::uint32_t { Lsl, Lsr, Asr, Ror };
enum class Cond : std::uint8_t { Eq, Ne, Hs, Lo, Mi, Pl, Vs, Vc, Hi, Ls, Ge, Lt, Gt, Le, Always };
// What an instruction does to the flags: it may change them (and is shorter), must not, must.
enum class Sets : std::uint32_t { Any, Nothing, Flags };

[[nodiscard]] constexpr Cond inverse(Cond cond) { return Cond(std::uint8_t(cond) ^ 1); }

// An operation of data processing, and what it does to the flags. (One word each for an argument:
// what does not fit four of them goes through memory.)
class Operation {
public:
    constexpr Operation(Op op, Sets sets = Sets::Any)
        : bits_{std::uint32_t(op) | std::uint32_t(sets) << 4} {}

    [[nodiscard]] constexpr Op op() const { return Op(bits_ & 15); }
    [[nodiscard]] constexpr Sets sets() const { return Sets(bits_ >> 4); }

private:
    std::uint32_t bits_;
};

// A register, shifted by a constant: the second operand of data processing (A7.4.2), as the fields
// of an instruction.
class Shifted {
public:
    constexpr Shifted(Reg reg) : bits_{std::uint32_t(reg)} {}
    constexpr Shifted(Reg reg, ShiftKind kind, std::uint32_t amount)  // 0 to 31; by 0 is no shift.
        : bits_{amount == 0 ? std::uint32_t(reg)
                            : std::uint32_t(reg) | std::uint32_t(kind) << 4 | (amount & 3) << 6 |
                                  (amount >> 2) << 12} {}

    [[nodiscard]] static constexpr Shifted of_bits(std::uint32_t bits) {
        Shifted shifted{Reg::r0};
        shifted.bits_ = bits;
        return shifted;
    }

    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
    // Whether it can be the index of an access: shifted to the left by 0 to 3.
    [[nodiscard]] constexpr bool is_index() const { return (bits_ & ~0xcfu) == 0; }
    [[nodiscard]] constexpr bool is_plain() const { return bits_ < 16; }
    [[nodiscard]] constexpr Reg reg() const { return Reg(bits_ & 15); }
    [[nodiscard]] constexpr ShiftKind kind() const { return ShiftKind(bits_ >> 4 & 3); }
    [[nodiscard]] constexpr std::uint32_t amount() const {
        return (bits_ >> 12) << 2 | (bits_ >> 6 & 3);
    }

private:
    std::uint32_t bits_;
};

// What is loaded or stored: 1, 2 or 4 bytes, of which a load may extend the sign. The fields of an
// instruction (A7.3.9).
class Unit {
public:
    constexpr Unit(std::uint32_t bytes, bool is_signed = false)
        : bits_{(bytes >> 1) << 5 | (is_signed && bytes != 4 ? sign : 0)} {}

    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }

    static constexpr std::uint32_t load = 0x10;
    static constexpr std::uint32_t sign = 0x100;

private:
    std::uint32_t bits_;
};

class Emitter {
public:
    explicit Emitter(WritableBytes code) : code_{code} {}

    [[nodiscard]] std::uint32_t size() const { return size_; }
    [[nodiscard]] bool fits() const { return size_ <= code_.size(); }

    // rd = rn op operand
    void alu(Operation operation, Reg rd, Reg rn, Shifted operand);
    // rd = rn op constant. What the instruction cannot hold is in rd before, or in r14 if that is
    // rn, or in r12 if both are r14. compare() has it in r14, or in r12 if rn is that; test() in
    // r14, and rn is not that.
    void alu(Operation operation, Reg rd, Reg rn, std::uint32_t constant);
    void compare(Reg rn, Shifted operand);
    void compare(Reg rn, std::uint32_t constant);
    void test(Reg rn, Shifted operand);
    void test(Reg rn, std::uint32_t constant);
    // Compares with 0, for Eq, Ne, Mi and Pl: by nothing, if the last instruction computed rn and
    // sets the flags, or can.
    void compare_with_zero(Reg rn);
    void move(Reg rd, Reg rm);  // Keeps the flags.
    void move(Reg rd, std::uint32_t constant, Sets sets = Sets::Any);
    void shift(Reg rd, Shifted from, Sets sets = Sets::Any);
    void shift(ShiftKind kind, Reg rd, Reg rm, Reg amount, Sets sets = Sets::Any);
    void invert(Reg rd, Reg rm);
    void multiply(Reg rd, Reg rn, Reg rm);
    void multiply_subtract(Reg rd, Reg rn, Reg rm, Reg ra);  // rd = ra - rn * rm
    void multiply_add(Reg rd, Reg rn, Reg rm, Reg ra);       // rd = ra + rn * rm
    void multiply_long(Reg low, Reg high, Reg rn, Reg rm);   // unsigned; low is not high
    void divide(Reg rd, Reg rn, Reg rm, bool is_signed);
    void extend(Reg rd, Reg rm, std::uint32_t bits, bool is_signed);  // 8 or 16
    void extract(Reg rd, Reg rn, std::uint32_t lsb, std::uint32_t width, bool is_signed);
    void reverse(Reg rd, Reg rm, std::uint32_t bits);  // 16 or 32

    // [rn + offset], -255 to 4095
    void load(Reg rt, Reg rn, std::int32_t offset, Unit unit) {
        transfer(unit.bits() | Unit::load, rt, rn, std::uint32_t(offset));
    }
    void store(Reg rt, Reg rn, std::int32_t offset, Unit unit) {
        transfer(unit.bits(), rt, rn, std::uint32_t(offset));
    }
    void load_word(Reg rt, Reg rn, std::uint32_t offset);
    void store_word(Reg rt, Reg rn, std::uint32_t offset);
    // [rn + (rm << amount)], 0 to 3
    void load_indexed(Reg rt, Reg rn, Shifted index, Unit unit) {
        transfer_indexed(unit.bits() | Unit::load, rt, rn, index);
    }
    void store_indexed(Reg rt, Reg rn, Shifted index, Unit unit) {
        transfer_indexed(unit.bits(), rt, rn, index);
    }

    void branch_register(Reg rm);
    void call_register(Reg rm);
    void if_then(Cond cond);        // The next instruction is executed if cond,
    void if_then_twice(Cond cond);  // or the next two.
    // To a place in the code that has been reached: as short as it can be.
    void branch_back(Cond cond, std::uint32_t target);
    // 32-bit branches, to a place in the code.
    void branch(Cond cond, std::uint32_t target);
    void call(std::uint32_t target);
    // A branch whose target is not known until it lands. A near one has 16 bits; if the target
    // turns out to be too far from it, the code is wrong, and missed() says so.
    void branch_ahead(Cond cond, bool is_near);
    void land(std::uint32_t at, Cond cond, bool is_near);
    [[nodiscard]] bool missed() const { return missed_; }

    // A branch whose target is not known: it holds a link to another until it is resolved.
    void branch_later(Cond cond, std::uint32_t link);
    void call_later(std::uint32_t link);
    std::uint32_t resolve(std::uint32_t at, std::uint32_t target, std::uint32_t call_target);

    // Others may come here by a branch.
    void begin_block() { result_ = {}; }
    // The code from `at` on is not wanted; nothing leads there.
    void rewind(std::uint32_t at) { size_ = at; }
    void halfword(std::uint32_t value);
    void set_halfword(std::uint32_t at, std::uint32_t value) { put(at, value); }
    void word(std::uint32_t first, std::uint32_t second);  // Two of them, or none.

private:
    void patch(std::uint32_t at, std::uint32_t target);
    void put(std::uint32_t at, std::uint32_t value);
    [[nodiscard]] std::uint32_t get(std::uint32_t at) const;
    void transfer(std::uint32_t kind, Reg rt, Reg rn, std::uint32_t offset);
    void transfer_indexed(std::uint32_t kind, Reg rt, Reg rn, Shifted index);

    // The instruction before, which ends here, computed rd.
    void note_result(Reg rd, bool sets_flags) { result_ = {size_, rd, sets_flags}; }

    WritableBytes code_;
    std::uint32_t size_ = 0;
    bool missed_ = false;
    struct Result {
        std::uint32_t end = 0;
        Reg reg = Reg::pc;
        bool sets_flags = false;  // Else one bit makes it.
    };
    Result result_;
    std::uint32_t conditional_end_ = 0;  // Before it, instructions may be in an IT block.
};

// The 12 bits that stand for `value` in an instruction (A5.3.2), or more than 0xfff.
[[nodiscard]] std::uint32_t modified_immediate(std::uint32_t value);
[[nodiscard]] inline bool is_modified_immediate(std::uint32_t value) {
    return modified_immediate(value) <= 0xfff;
}

}  // namespace mbpf::jit
