// SPDX-License-Identifier: MIT
// Arithmetic of which only the low half is needed, or all of which is in 32 bits.
#include <bit>

#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

using isa::Alu;
using isa::Shape;
using Kind = Value::Kind;

namespace {

[[nodiscard]] constexpr bool is_power_of_2(std::uint32_t number) {
    return number != 0 && (number & (number - 1)) == 0;
}

}  // namespace

void Compiler::emit_computation(Shape shape) {
    if (is_dead()) {
        return forget(slot_.dst());
    }
    switch (shape) {
        case Shape::DivideImm:
        case Shape::DivideReg: emit_divide(); break;
        case Shape::MoveReg: emit_move(); break;
        case Shape::Negate: emit_negate(); break;
        case Shape::ByteSwap: emit_byte_order(); break;
        default: emit_alu(); break;
    }
    settle_high(fact_after());
}

[[gnu::always_inline]] inline void Compiler::emit_alu() {
    Alu const operation = operation_of(slot_);
    bool const goes_down = operation == Alu::Rsh || operation == Alu::Arsh;
    bool const shifts_high = goes_down && is_64(slot_) &&
                             !(fact_of(slot_.dst()).is_zero() ||
                               (operation == Alu::Arsh && fact_of(slot_.dst()).is_sign()));
    std::uint32_t const amount = slot_.high & (is_64(slot_) ? 63 : 31);
    bool const is_long = is_shift(operation) && !is_reg(slot_) && amount >= 32;
    wants_wide() || shifts_high || is_long ? emit_wide() : emit_narrow();
}

[[gnu::always_inline]] inline void Compiler::emit_narrow() {
    Alu operation = operation_of(slot_);
    std::uint32_t const dst = slot_.dst();
    if (is_64(slot_) && operation == Alu::Arsh && fact_of(dst).is_zero() &&
        !fact_of(dst).is_sign()) {
        operation = Alu::Rsh;  // The sign is in the upper half.
    }
    std::uint32_t const src = slot_.src();
    bool const has_reg = is_reg(slot_);
    if (!has_reg || (value(src).is(Kind::Constant) && src != dst)) {
        std::uint32_t const constant = has_reg ? value(src).constant() : slot_.high;
        switch (operation) {
            case Alu::Mov: return pend(dst, Value::of(constant));
            case Alu::Add: return add_constant(dst, constant);
            case Alu::Sub: return add_constant(dst, 0 - constant);
            case Alu::And: return and_constant(constant);
            case Alu::Mul: return multiply_constant(constant);
            case Alu::Lsh:
            case Alu::Rsh:
            case Alu::Arsh:
                if (!has_reg) {
                    return shift_constant(shift_of(operation), constant & 31);
                }
                break;
            default: {
                if (values_[dst].is(Kind::Constant)) {
                    std::uint32_t const old = values_[dst].constant();
                    return pend(dst,
                                Value::of(operation == Alu::Or ? old | constant : old ^ constant));
                }
                Reg const to = begin(dst);
                Reg const from = read(dst, scratch);
                if (operation == Alu::Xor && constant == ~0u) {
                    emit_.invert(to, from);
                } else {
                    emit_.alu(op_of(operation), to, from, constant);
                }
                return forget(dst);
            }
        }
    }
    if ((operation == Alu::Or || operation == Alu::Xor || operation == Alu::Add) &&
        rotate_pending()) {
        return;
    }
    if (operation == Alu::Add && add_pending()) {
        return;
    }
    bool const is_last = marks_.is_last_of_src();
    prepare(src, is_last || src == dst);
    Reg const to = begin(dst, is_last ? src : dst);
    if (is_shift(operation)) {
        emit_.alu(Op::And, scratch2, read(src, scratch2), is_64(slot_) ? 63 : 31);
        emit_.shift(shift_of(operation), to, read(dst, scratch), scratch2);
    } else if (operation == Alu::Mul) {
        Reg const factor = read(src, scratch2);
        emit_.multiply(to, read(dst, scratch), factor);
    } else if (values_[dst].is(Kind::Shifted) && !values_[dst].is_copy() && !value(src).is_work()) {
        Reg const right = read(src, scratch2);  // What is shifted comes second.
        Op const op = operation == Alu::Sub ? Op::Rsb : op_of(operation);
        emit_.alu(op, to, right, read_operand(dst, scratch));
    } else {
        Shifted const right = read_operand(src, scratch2);
        emit_.alu(op_of(operation), to, read(dst, scratch), right);
    }
    forget(dst);
}

// Also of a pending sum.
[[gnu::always_inline]] inline void Compiler::add_constant(std::uint32_t reg,
                                                          std::uint32_t constant) {
    Value const now = values_[reg];
    if (now.is(Kind::Constant)) {
        return pend(reg, Value::of(now.constant() + constant));
    }
    if (now.is(Kind::Sum)) {
        return pend(reg, Value::sum(now.operand(), now.constant() + constant));
    }
    if (!now.is_copy()) {
        settle(reg);
    }
    pend(reg, Value::sum(now.is_copy() ? now.reg() : home(reg), constant));
}

// dst + src as the address of an element, or as a constant away from a register.
[[gnu::always_inline]] inline bool Compiler::add_pending() {
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    if (dst == src) {
        return false;
    }
    auto const seen = [&](std::uint32_t reg) {
        Value const now = value(reg);
        return now.is_pending() ? now : Value::shifted(home(reg));
    };
    prepare(src, marks_.is_last_of_src() || seen(src).is(Kind::Shifted));
    Value const a = seen(dst);
    Value const b = seen(src);
    auto const is_scaled = [](Value const& now) {
        return now.is(Kind::Shifted) && now.operand().is_index();
    };
    if (a.is(Kind::Constant) && is_scaled(b)) {
        pend(dst, Value::sum(b.operand(), a.constant()));
        return true;
    }
    bool const scales_b = a.is_copy() && is_scaled(b);
    bool const goes = scales_b || (b.is_copy() && is_scaled(a));
    if (goes) {
        Value const& scaled = scales_b ? b : a;
        pend(dst, Value::index(scales_b ? a.reg() : b.reg(), scaled.operand()));
    }
    return goes;
}

// x << n and x >> (32 - n) are the halves of a rotation.
[[gnu::always_inline]] inline bool Compiler::rotate_pending() {
    std::uint32_t const dst = slot_.dst();
    Value const a = values_[dst];
    Value const b = value(slot_.src());
    bool const is_pair = dst != slot_.src() && a.is(Kind::Shifted) && b.is(Kind::Shifted) &&
                         a.reg() == b.reg() && a.amount() + b.amount() == 32;
    bool const turns = is_pair && a.shift() != b.shift() && a.shift() <= ShiftKind::Lsr &&
                       b.shift() <= ShiftKind::Lsr;
    if (turns) {
        pend(dst, Value::shifted({a.reg(), ShiftKind::Ror,
                                  a.shift() == ShiftKind::Lsr ? a.amount() : b.amount()}));
    }
    return turns;
}

void Compiler::shift_constant(ShiftKind kind, std::uint32_t amount) {
    std::uint32_t const dst = slot_.dst();
    if (amount == 0) {
        return;
    }
    Value const now = values_[dst];
    if (now.is(Kind::Constant)) {
        std::uint32_t const old = now.constant();
        return pend(
            dst, Value::of(kind == ShiftKind::Lsl   ? old << amount
                           : kind == ShiftKind::Lsr ? old >> amount
                                                    : std::uint32_t(std::int32_t(old) >> amount)));
    }
    if (now.is_copy()) {
        return pend(dst, Value::shifted({now.reg(), kind, amount}));
    }
    if (now.is(Kind::Shifted) && now.shift() == kind && now.amount() + amount < 32) {
        return pend(dst, Value::shifted({now.reg(), kind, now.amount() + amount}));
    }
    if (now.is(Kind::Shifted) && now.shift() == ShiftKind::Lsl && kind != ShiftKind::Lsl &&
        amount >= now.amount()) {
        Reg const to = begin(dst);
        if (!is_pending(dst)) {  // What goes in a circle had to be done.
            return pend(dst, Value::shifted({to, kind, amount}));
        }
        Reg const from = values_[dst].reg();
        bool const is_signed = kind == ShiftKind::Asr;
        if (is_signed && amount == now.amount() && (amount == 16 || amount == 24)) {
            extend_sign(to, from, 32 - amount);
        } else {
            emit_.extract(to, from, amount - now.amount(), 32 - amount, is_signed);
        }
        return forget(dst);
    }
    settle(dst);
    pend(dst, Value::shifted({home(dst), kind, amount}));
}

void Compiler::and_constant(std::uint32_t mask) {
    std::uint32_t const dst = slot_.dst();
    if (values_[dst].is(Kind::Constant)) {
        return pend(dst, Value::of(values_[dst].constant() & mask));
    }
    if (mask == ~0u) {
        return;
    }
    Reg const to = begin(dst);
    Value const now = values_[dst];
    std::uint32_t const width = std::uint32_t(std::bit_width(mask));
    bool const is_field = mask != 0 && (mask & (mask + 1)) == 0;
    if (is_field && now.is(Kind::Shifted) && now.shift() == ShiftKind::Lsr && now.amount() != 0 &&
        now.amount() + width <= 32) {
        emit_.extract(to, now.reg(), now.amount(), width, false);
    } else if (is_field && (width == 8 || width == 16)) {
        emit_.extend(to, read(dst, scratch), width, false);
    } else if (is_field && !is_modified_immediate(mask)) {
        emit_.extract(to, read(dst, scratch), 0, width, false);
    } else {
        emit_.alu(Op::And, to, read(dst, scratch), mask);
    }
    forget(dst);
}

// By 2^n, 2^n + 1 and 2^n - 1 without a product.
[[gnu::always_inline]] inline void Compiler::multiply_constant(std::uint32_t factor) {
    std::uint32_t const dst = slot_.dst();
    if (is_power_of_2(factor)) {
        return shift_constant(ShiftKind::Lsl, std::uint32_t(std::countr_zero(factor)));
    }
    prepare(dst, false);
    Reg const to = begin(dst);
    Reg const from = read(dst, scratch);
    if (factor > 1 && is_power_of_2(factor - 1)) {
        std::uint32_t const amount = std::uint32_t(std::countr_zero(factor - 1));
        emit_.alu(Op::Add, to, from, {from, ShiftKind::Lsl, amount});
    } else if (factor != 0 && is_power_of_2(factor + 1)) {
        std::uint32_t const amount = std::uint32_t(std::countr_zero(factor + 1));
        emit_.alu(Op::Rsb, to, from, {from, ShiftKind::Lsl, amount});
    } else {
        emit_.move(scratch2, factor);
        emit_.multiply(to, from, scratch2);
    }
    forget(dst);
}

[[gnu::always_inline]] inline void Compiler::emit_move() {
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    if (wants_wide() && src != isa::frame_pointer) {  // Of what has no known upper half.
        Reg const to = begin_high(dst);
        emit_.move(to, read_high(src, to));
        end_high(dst, to);
    }
    if (slot_.offset() == 8 || slot_.offset() == 16) {
        Reg const to = begin(dst);
        extend_sign(to, read(src, scratch), std::uint32_t(slot_.offset()));
        return forget(dst);
    }
    if (src != dst) {
        prepare(src, marks_.is_last_of_src());
        Value now = value(src);
        if (!now.is_pending()) {
            now = Value::shifted(home(src));
        }
        pend(dst, now);
    }
}

[[gnu::always_inline]] inline void Compiler::emit_negate() {
    std::uint32_t const dst = slot_.dst();
    if (wants_wide()) {
        return emit_wide_negate();
    }
    Reg const to = begin(dst);
    emit_.alu(Op::Rsb, to, read(dst, scratch), 0);
    forget(dst);
}

[[gnu::always_inline]] inline void Compiler::emit_byte_order() {
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const bits = std::uint32_t(slot_.imm());
    bool const swaps = is_64(slot_) || is_reg(slot_);
    if (bits == 64) {
        return swaps ? emit_wide_swap() : settle_high(fact_of(dst));
    }
    Reg const to = begin(dst);
    Reg from = read(dst, scratch);
    if (swaps) {
        emit_.reverse(to, from, bits);
        from = to;
    }
    if (bits == 16) {
        emit_.extend(to, from, 16, false);
    } else if (!swaps) {
        emit_.move(to, from);
    }
    forget(dst);
}

// Division by zero gives 0 on this core (CCR.DIV_0_TRP is 0), and then the dividend remains.
[[gnu::always_inline]] inline void Compiler::emit_divide() {
    std::uint32_t const dst = slot_.dst();
    bool const has_reg = isa::shape_of(slot_.opcode()) == Shape::DivideReg;
    bool const is_signed = slot_.offset() != 0;
    bool const is_remainder = operation_of(slot_) == Alu::Mod;
    Fact const divisor_fact = has_reg ? fact_of(slot_.src())
                                      : Fact::of_constant(std::uint64_t(std::int64_t(slot_.imm())));
    bool const fits =
        !is_64(slot_) || (fact_of(dst).is_zero() && divisor_fact.is_zero() &&
                          (!is_signed || (fact_of(dst).is_small() && divisor_fact.is_small())));
    if (!fits) {
        return divide_in_steps() ? void() : divide_apart();
    }
    std::uint32_t const divisor_constant = slot_.high;
    if (!has_reg && !is_signed && is_power_of_2(divisor_constant)) {
        return is_remainder ? and_constant(divisor_constant - 1)
                            : shift_constant(ShiftKind::Lsr,
                                             std::uint32_t(std::countr_zero(divisor_constant)));
    }
    // All that may take r14 is done before it holds the divisor.
    if (has_reg) {
        prepare(slot_.src(), false);
    }
    prepare(dst, false);
    Reg const to = begin(dst);
    Reg divisor = scratch2;
    if (has_reg) {
        divisor = read(slot_.src(), scratch2);
    } else {
        emit_.move(scratch2, divisor_constant);
    }
    Reg const from = read(dst, to);
    if (is_remainder) {
        emit_.divide(scratch, from, divisor, is_signed);
        emit_.multiply_subtract(to, scratch, divisor, from);
    } else {
        emit_.divide(to, from, divisor, is_signed);
    }
    forget(dst);
}

}  // namespace mbpf::jit
