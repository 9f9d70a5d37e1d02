// SPDX-License-Identifier: MIT
// Arithmetic, in as many halves as are needed.
#include "mbpf/jit/compiler.hpp"
#include "mbpf/jit/registers.hpp"

namespace mbpf::jit {

using isa::Alu;

namespace {

[[nodiscard]] Op op_of(Alu operation) {
    switch (operation) {
        case Alu::Sub: return Op::Sub;
        case Alu::And: return Op::And;
        case Alu::Or: return Op::Orr;
        case Alu::Xor: return Op::Eor;
        default: return Op::Add;
    }
}

[[nodiscard]] ShiftKind shift_of(Alu operation) {
    return operation == Alu::Lsh   ? ShiftKind::Lsl
           : operation == Alu::Rsh ? ShiftKind::Lsr
                                   : ShiftKind::Asr;
}

}  // namespace

void Compiler::emit_alu() {
    if (!flow_.needs_low(pc_) && !flow_.needs_high(pc_)) {
        return;
    }
    if (!is_64(slot_)) {
        emit_alu32();
        return settle_high(Fact::zero());
    }
    Alu const operation = operation_of(slot_);
    Reg const dst = home_of(slot_.dst());
    if (operation == Alu::Mov) {
        emit_.move(dst, slot_.high);
        return settle_high(fact_after());
    }
    bool const is_shift = operation == Alu::Lsh || operation == Alu::Rsh || operation == Alu::Arsh;
    if (is_shift && !is_reg(slot_)) {
        return emit_shift64(slot_.high & 63);
    }
    bool const is_long = operation == Alu::Mul && wants_wide();
    if (is_long && is_reg(slot_) && slot_.src() != isa::frame_pointer) {
        return emit_multiply64();
    }
    if (is_shift || is_long) {
        publish_high(slot_.dst());
        publish_high(is_reg(slot_) ? slot_.src() : slot_.dst());
        return call_gate(Gate::Instruction);  // Leaves the upper half in the Run.
    }
    if (wants_wide()) {
        return emit_wide64();
    }
    emit_alu32();
    settle_high(fact_after());
}

// The register that holds the low half of the source.
Reg Compiler::read_source() {
    if (slot_.src() != isa::frame_pointer) {
        return home_of(slot_.src());
    }
    emit_.load(scratch, run, low_at(isa::frame_pointer), 4);
    return scratch;
}

// The low half, which is all of it in 32 bits.
void Compiler::emit_alu32() {
    Alu const operation = operation_of(slot_);
    Reg const dst = home_of(slot_.dst());
    switch (operation) {
        case Alu::Mov: return emit_.move(dst, slot_.high);
        case Alu::Lsh:
        case Alu::Rsh:
        case Alu::Arsh:
            if (!is_reg(slot_)) {
                return emit_.shift(shift_of(operation), dst, dst, slot_.high & 31);
            }
            emit_.alu(Op::And, scratch, read_source(), 31, scratch);
            return emit_.shift(shift_of(operation), dst, dst, scratch);
        case Alu::Mul:
            if (is_reg(slot_)) {
                return emit_.multiply(dst, dst, read_source());
            }
            emit_.move(scratch, slot_.high);
            return emit_.multiply(dst, dst, scratch);
        default: break;
    }
    if (!is_reg(slot_)) {
        return emit_.alu(op_of(operation), dst, dst, slot_.high, scratch);
    }
    emit_.alu(op_of(operation), dst, dst, read_source());
}

// The upper half: both products across, and what the product of the low halves carries.
void Compiler::emit_multiply64() {
    Reg const dst = home_of(slot_.dst());
    Reg const src = home_of(slot_.src());
    read_high(scratch, slot_.dst());
    emit_.multiply(scratch, scratch, src);
    read_high(scratch2, slot_.src());
    emit_.multiply_add(scratch, dst, scratch2, scratch);
    emit_.multiply_long(dst, scratch2, dst, src);
    emit_.alu(Op::Add, scratch, scratch, scratch2);
    write_high(slot_.dst(), scratch);
}

// Both halves of ADD, SUB, AND, OR, XOR.
void Compiler::emit_wide64() {
    Alu const operation = operation_of(slot_);
    Reg const dst = home_of(slot_.dst());
    Op const low = op_of(operation);
    Op const high = low == Op::Add ? Op::Adc : low == Op::Sub ? Op::Sbc : low;
    read_high(scratch, slot_.dst());
    if (!is_reg(slot_)) {
        emit_.alu(low, dst, dst, slot_.high, scratch2, Sets::Flags);
        emit_.move(scratch2, std::uint32_t(slot_.imm() >> 31));
    } else if (slot_.src() == isa::frame_pointer) {
        emit_.load(scratch2, run, low_at(isa::frame_pointer), 4);
        emit_.alu(low, dst, dst, scratch2, Sets::Flags);
        emit_.move(scratch2, 0u);
    } else {
        read_high(scratch2, slot_.src());
        emit_.alu(low, dst, dst, home_of(slot_.src()), Sets::Flags);
    }
    emit_.alu(high, scratch, scratch, scratch2);
    write_high(slot_.dst(), scratch);
}

void Compiler::emit_shift64(std::uint32_t count) {
    Alu const operation = operation_of(slot_);
    Reg const dst = home_of(slot_.dst());
    std::uint32_t const reg = slot_.dst();
    if (count == 0) {
        return settle_high(facts_[reg]);
    }
    if (operation == Alu::Lsh) {
        bool const wide = wants_wide();
        if (wide && count < 32) {
            read_high(scratch, reg);
            emit_.shift(ShiftKind::Lsl, scratch, scratch, count);
            emit_.alu(Op::Orr, scratch, scratch, dst, Sets::Nothing, ShiftKind::Lsr, 32 - count);
            write_high(reg, scratch);
        } else if (wide) {
            emit_.shift(ShiftKind::Lsl, scratch, dst, count - 32);
            write_high(reg, scratch);
        }
        if (count >= 32) {
            emit_.move(dst, 0u);
        } else {
            emit_.shift(ShiftKind::Lsl, dst, dst, count);
        }
        if (!wide) {
            settle_high(fact_after());
        }
        return;
    }
    ShiftKind const kind = shift_of(operation);
    read_high(scratch, reg);
    if (count >= 32) {
        emit_.shift(kind, dst, scratch, count - 32);
        if (flow_.needs_high(pc_)) {
            if (kind == ShiftKind::Lsr) {
                emit_.move(scratch, 0u);
            } else {
                emit_.shift(ShiftKind::Asr, scratch, scratch, 31);
            }
            write_high(reg, scratch);
        }
        return;
    }
    emit_.shift(ShiftKind::Lsr, dst, dst, count);
    emit_.alu(Op::Orr, dst, dst, scratch, Sets::Nothing, ShiftKind::Lsl, 32 - count);
    if (flow_.needs_high(pc_)) {
        emit_.shift(kind, scratch, scratch, count);
        write_high(reg, scratch);
    }
}

void Compiler::emit_divide() {
    std::uint32_t const dst = slot_.dst();
    bool const has_reg = is_reg(slot_);
    bool const is_signed = slot_.offset() != 0;
    bool const imm_is_small = slot_.imm() >= 0;
    bool const operands_are_words =
        !is_64(slot_) ||
        (facts_[dst].is_zero() && (has_reg ? facts_[slot_.src()].is_zero() : imm_is_small));
    bool const is_from_frame = has_reg && slot_.src() == isa::frame_pointer;
    if (is_signed || !operands_are_words || is_from_frame) {
        publish_high(dst);
        if (has_reg) {
            publish_high(slot_.src());
        }
        return call_gate(Gate::Instruction);
    }
    Reg divisor = scratch;
    if (has_reg) {
        divisor = home_of(slot_.src());
    } else {
        emit_.move(scratch, slot_.high);
    }
    // Division by zero gives 0 on this core (CCR.DIV_0_TRP is 0), and then the dividend remains.
    if (operation_of(slot_) == Alu::Div) {
        emit_.divide(home_of(dst), home_of(dst), divisor);
    } else {
        emit_.divide(scratch2, home_of(dst), divisor);
        emit_.multiply_subtract(home_of(dst), scratch2, divisor, home_of(dst));
    }
    settle_high(Fact::zero());
}

void Compiler::emit_move() {
    if (!flow_.needs_low(pc_) && !flow_.needs_high(pc_)) {
        return;
    }
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    Reg const from = read_source();
    if (wants_wide() && src != isa::frame_pointer && slot_.offset() == 0) {
        emit_.load(scratch2, run, high_at(src), 4);
        write_high(dst, scratch2);
        return emit_.move(home_of(dst), from);
    }
    if (slot_.offset() == 8 || slot_.offset() == 16) {
        emit_.extend(home_of(dst), from, std::uint32_t(slot_.offset()), true);
    } else {
        emit_.move(home_of(dst), from);
    }
    settle_high(fact_after());
}

void Compiler::emit_byte_order() {
    Reg const dst = home_of(slot_.dst());
    bool const swaps = is_64(slot_) || is_reg(slot_);
    if (slot_.imm() == 64) {
        if (swaps) {
            publish_high(slot_.dst());
            return call_gate(Gate::Instruction);
        }
        return settle_high(facts_[slot_.dst()]);
    }
    if (swaps) {
        emit_.reverse(dst, dst, std::uint32_t(slot_.imm()));
    }
    if (slot_.imm() == 16) {
        emit_.extend(dst, dst, 16, false);
    }
    settle_high(Fact::zero());
}

}  // namespace mbpf::jit
