// SPDX-License-Identifier: MIT
// Arithmetic in which the upper half matters: of the result, or of what is shifted down.
#include "mbpf/jit/compiler.hpp"
#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

using isa::Alu;
using Kind = Value::Kind;

void Compiler::emit_wide() {
    Alu const operation = operation_of(slot_);
    bool const crosses = is_shift(operation) && !is_reg(slot_) && (slot_.high & 32) != 0;
    if (!crosses) {  // Which reads one half.
        settle(slot_.dst());
    }
    if (is_reg(slot_)) {
        settle(slot_.src());
    }
    switch (operation) {
        case Alu::Mul: return emit_wide_multiply();
        case Alu::Lsh:
        case Alu::Rsh:
        case Alu::Arsh: {
            ShiftKind const kind = shift_of(operation);
            return is_reg(slot_) ? emit_wide_shift_variable(kind)
                                 : emit_wide_shift_constant(kind, slot_.high & 63);
        }
        default: return emit_wide_pair();
    }
}

// What the low halves of a sum carry is in the flags until the upper halves are done.
[[gnu::always_inline]] inline void Compiler::emit_wide_pair() {
    Alu const operation = operation_of(slot_);
    bool const is_sum = operation == Alu::Add || operation == Alu::Sub;
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    bool const is_constant = !is_reg(slot_);
    bool const from_zero = is_sum && fact_of(dst).is_zero();
    bool const is_zero = is_constant ? slot_.imm() >= 0 : fact_of(src).is_zero();
    if (!from_zero) {  // A sign is lost with the low half.
        publish_high(dst);
    }
    Op const op = op_of(operation);
    Operation const low{op, is_sum ? Sets::Flags : Sets::Any};
    Reg const to = begin(dst);
    if (is_constant) {
        emit_.alu(low, to, read(dst, scratch), slot_.high);
    } else {
        Reg const right = read(src, scratch2);
        emit_.alu(low, to, read(dst, scratch), right);
    }
    forget(dst);
    if (is_zero && (operation == Alu::Or || operation == Alu::Xor)) {  // They change nothing.
        return;
    }
    Op const high_op = op == Op::Add ? Op::Adc : op == Op::Sub ? Op::Sbc : op;
    Reg const to_high = begin_high(dst);
    Reg high = scratch;
    if (from_zero) {
        emit_.move(scratch, 0u, Sets::Nothing);
    } else {
        high = read_item(Homes::high(dst), scratch);
    }
    if (is_constant || (is_zero && src != dst)) {
        emit_.alu(high_op, to_high, high, is_constant ? std::uint32_t(slot_.imm() >> 31) : 0);
    } else {
        emit_.alu(high_op, to_high, high, src == dst ? high : read_high(src, scratch2));
    }
    end_high(dst, to_high);
}

// The upper half: both products across, and what the product of the low halves carries. It grows
// in the home of the upper half, or in r12.
[[gnu::always_inline]] inline void Compiler::emit_wide_multiply() {
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    bool const is_constant = !is_reg(slot_);
    bool const is_zero = is_constant ? slot_.imm() >= 0 : fact_of(src).is_zero();
    Reg const low = begin(dst);
    Reg factor = is_constant ? scratch2 : read(src, scratch2);
    // Both scratch registers may not be enough.
    bool const borrows = factor == scratch2 && high_home(dst) == in_memory && !is_zero;
    Reg const sum = borrows ? borrow(low, low) : begin_high(dst);
    if (factor == scratch2) {
        factor = is_zero ? scratch2 : scratch;
        emit_.move(factor, is_constant ? slot_.high : value(src).constant());
    }
    bool const has_first = !fact_of(dst).is_zero();
    if (has_first) {
        emit_.multiply(sum, read_high(dst, sum), factor);
    }
    if (!is_constant && src == dst && has_first) {  // Both are the same.
        emit_.alu(Op::Add, sum, sum, sum);
    } else if (!is_zero) {
        Reg const high = is_constant ? scratch2 : read_high(src, scratch2);
        if (is_constant) {
            emit_.move(scratch2, ~0u);
        }
        has_first ? emit_.multiply_add(sum, low, high, sum) : emit_.multiply(sum, low, high);
    }
    if (has_first || !is_zero) {
        emit_.multiply_long(low, scratch2, low, factor);
        emit_.alu(Op::Add, sum, sum, scratch2);
    } else {
        emit_.multiply_long(low, sum, low, factor);
    }
    forget(dst);
    end_high(dst, sum);
    if (borrows) {
        give_back(sum);
    }
}

// A register of the core that is neither of these, whatever it holds: until it is given back.
Reg Compiler::borrow(Reg except, Reg and_except) {
    std::uint32_t number = 0;
    while (Reg(number) == except || Reg(number) == and_except) {
        ++number;
    }
    store_run(Reg(number), 4u);  // Free between calls.
    return Reg(number);
}

Reg Compiler::take_high(std::uint32_t reg, Reg except) {
    Reg high = high_home(reg);
    if (high == in_memory) {
        high = borrow(home(reg), except);
        load_item(high, Homes::high(reg));
    }
    return high;
}

void Compiler::give_back_high(std::uint32_t reg, Reg taken) {
    if (high_home(reg) == in_memory) {
        give_back(taken);
    }
}

// The upper half is inverted, and takes what the lower half carries if it is 0.
void Compiler::emit_wide_negate() {
    std::uint32_t const dst = slot_.dst();
    settle(dst);
    publish_high(dst);
    Reg const to = begin(dst);
    emit_.alu({Op::Rsb, Sets::Flags}, to, to, 0u);
    Reg const to_high = begin_high(dst);
    emit_.invert(to_high, read_item(Homes::high(dst), scratch));  // Keeps the carry.
    emit_.alu(Op::Adc, to_high, to_high, 0u);
    end_high(dst, to_high);
}

void Compiler::emit_wide_swap() {
    std::uint32_t const dst = slot_.dst();
    settle(dst);
    publish_high(dst);
    Reg const to = begin(dst);
    emit_.reverse(scratch, to, 32);
    emit_.reverse(to, read_item(Homes::high(dst), scratch2), 32);
    if (homes_.has_reg(Homes::high(dst))) {
        emit_.move(high_home(dst), scratch);
    }
    end_high(dst, scratch);
}

// An unsigned number by a constant of 16 bits: 16 bits further in each of three divisions, of a
// remainder that leaves room for them.
bool Compiler::divide_in_steps() {
    std::uint32_t const dst = slot_.dst();
    bool const is_small = isa::shape_of(slot_.opcode()) == isa::Shape::DivideImm &&
                          slot_.high != 0 && slot_.high <= 0xffff;
    bool const is_signed = slot_.offset() != 0;
    if (is_signed || !is_small) {
        return false;
    }
    bool const is_remainder = operation_of(slot_) == Alu::Mod;
    settle(dst);
    publish_high(dst);
    Reg const low = begin(dst);
    Reg const high = take_high(dst, low);
    auto const divide = [&](Reg reg) {
        emit_.divide(scratch, reg, scratch2, false);
        emit_.multiply_subtract(reg, scratch, scratch2, reg);
    };
    emit_.move(scratch2, slot_.high);
    divide(high);
    if (!is_remainder) {
        store_run(scratch, 0u);  // Free between calls.
    }
    emit_.shift(high, {high, ShiftKind::Lsl, 16});
    emit_.alu(Op::Orr, high, high, {low, ShiftKind::Lsr, 16});
    divide(high);
    emit_.extend(low, low, 16, false);
    emit_.alu(Op::Orr, low, low, {high, ShiftKind::Lsl, 16});
    if (is_remainder) {
        divide(low);
    } else {
        emit_.divide(low, low, scratch2, false);
        emit_.alu(Op::Orr, low, low, {scratch, ShiftKind::Lsl, 16});
        load_run(high, 0u);
    }
    forget(dst);
    end_high(dst, high);
    give_back_high(dst, high);
    return true;
}

void Compiler::store_halves(std::uint32_t reg) {
    settle(reg);
    publish_high(reg);
    store_item(home(reg), Homes::low(reg));
    if (homes_.has_reg(Homes::high(reg))) {
        store_item(high_home(reg), Homes::high(reg));
    }
}

// By a function of the firmware, on doublewords of Run.
void Compiler::divide_apart() {
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    bool const has_reg = isa::shape_of(slot_.opcode()) == isa::Shape::DivideReg;
    bool const is_program_register = has_reg && src != isa::frame_pointer;
    constexpr std::uint32_t first_register = registers_at / 8;
    std::uint32_t divisor = 0;  // The one at sp: free between calls.
    store_halves(dst);
    if (is_program_register) {
        divisor = first_register + src;
        if (src != dst) {
            store_halves(src);
        }
    } else {
        if (!has_reg) {
            emit_.move(scratch, slot_.high);
        }
        store_run(has_reg ? read(src, scratch) : scratch, 0u);
        emit_.move(scratch, has_reg ? 0u : std::uint32_t(slot_.imm() >> 31));
        store_run(scratch, 4u);
    }
    Reg const to = begin(dst);
    load_run(scratch, gate_at);
    emit_.alu(Op::Add, scratch, scratch, divide_gate);
    emit_.call_register(scratch);
    note(Part::Table);
    emit_.halfword((operation_of(slot_) == Alu::Mod ? 1u : 0u) | (slot_.offset() != 0 ? 2u : 0u) |
                   (first_register + dst) << 4 | divisor << 8);
    note(Part::Work);
    load_item(to, Homes::low(dst));
    if (wants_wide() && homes_.has_reg(Homes::high(dst))) {
        load_item(high_home(dst), Homes::high(dst));
    }
    forget_zero(dst);
    forget(dst);
}

[[gnu::always_inline]] inline void Compiler::emit_wide_shift_constant(ShiftKind kind,
                                                                      std::uint32_t amount) {
    std::uint32_t const dst = slot_.dst();
    bool const needs_high = wants_wide();
    if (amount == 0) {  // What was known is so no more.
        return publish_high(dst);
    }
    if (kind == ShiftKind::Lsl) {
        if (needs_high) {
            Reg const to_high = begin_high(dst);
            if (amount >= 32) {
                emit_.shift(to_high, {read(dst, to_high), kind, amount - 32});
            } else {
                Reg const high = read_high(dst, scratch);
                emit_.shift(to_high, {high, kind, amount});
                emit_.alu(Op::Orr, to_high, to_high,
                          {read(dst, scratch2), ShiftKind::Lsr, 32 - amount});
            }
            end_high(dst, to_high);
        }
        if (amount < 32) {
            return shift_constant(kind, amount);
        }
        return pend(dst, Value::of(0));
    }
    Reg const to = begin(dst);
    Reg const high = read_high(dst, scratch2);
    if (amount >= 32) {
        emit_.shift(to, {high, kind, amount - 32});
        return forget(dst);
    }
    emit_.shift(to, {read(dst, scratch), ShiftKind::Lsr, amount});
    emit_.alu(Op::Orr, to, to, {high, ShiftKind::Lsl, 32 - amount});
    forget(dst);
    if (needs_high) {
        Reg const to_high = begin_high(dst);
        emit_.shift(to_high, {high, kind, amount});
        end_high(dst, to_high);
    }
}

// A shift by a register takes 8 bits of it: one by 32 to 63 leaves nothing, and so does one by a
// negative number, which is at least 224 there.
[[gnu::always_inline]] inline void Compiler::emit_wide_shift_variable(ShiftKind kind) {
    std::uint32_t const dst = slot_.dst();
    Reg const low = home(dst);
    publish_high(dst);
    (void)begin(dst);
    Reg const high = take_high(dst, home(slot_.src()));
    bool const is_left = kind == ShiftKind::Lsl;
    ShiftKind const back = is_left ? ShiftKind::Lsr : ShiftKind::Lsl;
    Reg const to = is_left ? high : low;  // The half that bits move into.
    Reg const from = is_left ? low : high;
    emit_.alu(Op::And, scratch, read(slot_.src(), scratch), 63);
    emit_.alu(Op::Rsb, scratch2, scratch, 32);
    emit_.shift(back, scratch2, from, scratch2);
    emit_.shift(is_left ? kind : ShiftKind::Lsr, to, to, scratch);
    emit_.alu(Op::Orr, to, to, scratch2);
    emit_.alu({Op::Sub, Sets::Flags}, scratch2, scratch, 32);
    if (kind == ShiftKind::Asr) {
        emit_.if_then_twice(Cond::Pl);
    }
    emit_.shift(kind, scratch2, from, scratch2, Sets::Nothing);
    emit_.alu({Op::Orr, Sets::Nothing}, to, to, scratch2);
    forget(dst);
    if (is_left || marks_.needs_high()) {
        emit_.shift(kind, from, from, scratch);
        end_high(dst, high);
    }
    give_back_high(dst, high);
}

}  // namespace mbpf::jit
