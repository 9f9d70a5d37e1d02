// SPDX-License-Identifier: MIT
// Conditional jumps.
#include "mbpf/jit/compiler.hpp"
#include "mbpf/jit/registers.hpp"

namespace mbpf::jit {

using isa::Jump;
using isa::Shape;

namespace {

[[nodiscard]] Cond cond_of(Jump jump, bool treats_as_unsigned) {
    switch (jump) {
        case Jump::Eq: return Cond::Eq;
        case Jump::Ne:
        case Jump::Set: return Cond::Ne;
        case Jump::Gt: return Cond::Hi;
        case Jump::Ge: return Cond::Hs;
        case Jump::Lt: return Cond::Lo;
        case Jump::Le: return Cond::Ls;
        case Jump::Sgt: return treats_as_unsigned ? Cond::Hi : Cond::Gt;
        case Jump::Sge: return treats_as_unsigned ? Cond::Hs : Cond::Ge;
        case Jump::Slt: return treats_as_unsigned ? Cond::Lo : Cond::Lt;
        case Jump::Sle: return treats_as_unsigned ? Cond::Ls : Cond::Le;
        default: return Cond::Always;
    }
}

}  // namespace

void Compiler::emit_jump() {
    Shape const shape = isa::shape_of(slot_.opcode());
    Pc const target = flow_.target_of(pc_);
    if (shape == Shape::JumpAlways || shape == Shape::JumpLong) {
        return jump(Cond::Always, target);
    }
    bool const has_reg = shape == Shape::JumpReg;
    auto const condition = Jump(slot_.opcode() & 0xf0);
    bool const is_32 = isa::class_of(slot_.opcode()) == isa::Class::Jmp32;
    Fact const a = facts_[slot_.dst()];
    Fact const b =
        has_reg ? facts_[slot_.src()] : Fact::of_constant(std::uint64_t(std::int64_t(slot_.imm())));
    bool const both_zero = a.is_zero() && b.is_zero();
    bool const both_sign = a.is_sign() && b.is_sign();
    bool const one_zero = condition == Jump::Set && (a.is_zero() || b.is_zero());
    if (!is_32 && !both_zero && !both_sign && !one_zero) {
        return emit_compare64();
    }
    Reg left = home_of(slot_.dst());
    if (slot_.dst() == isa::frame_pointer) {
        emit_.load(scratch2, run, low_at(isa::frame_pointer), 4);
        left = scratch2;
    }
    Reg right = scratch;
    if (has_reg && slot_.src() == isa::frame_pointer) {
        emit_.load(scratch, run, low_at(isa::frame_pointer), 4);
    } else if (has_reg) {
        right = home_of(slot_.src());
    }
    if (condition == Jump::Set) {
        has_reg ? emit_.test(left, right) : emit_.test(left, slot_.high, scratch);
    } else {
        has_reg ? emit_.compare(left, right) : emit_.compare(left, slot_.high, scratch);
    }
    jump(cond_of(condition, !is_32 && both_zero && !both_sign), target);
}

// Where the upper halves matter.
void Compiler::emit_compare64() {
    auto const condition = Jump(slot_.opcode() & 0xf0);
    bool const has_reg = isa::shape_of(slot_.opcode()) == Shape::JumpReg;
    bool const swaps = condition == Jump::Gt || condition == Jump::Le || condition == Jump::Sgt ||
                       condition == Jump::Sle;
    Pc const target = flow_.target_of(pc_);
    // Low halves into the scratch registers, in the order of the comparison.
    auto const low = [&](Reg to, bool first) {
        if (first) {
            slot_.dst() == isa::frame_pointer ? emit_.load(to, run, low_at(isa::frame_pointer), 4)
                                              : emit_.move(to, home_of(slot_.dst()));
        } else if (!has_reg) {
            emit_.move(to, slot_.high);
        } else {
            slot_.src() == isa::frame_pointer ? emit_.load(to, run, low_at(isa::frame_pointer), 4)
                                              : emit_.move(to, home_of(slot_.src()));
        }
    };
    auto const high = [&](Reg to, bool first) {
        if (first) {
            read_high(to, slot_.dst());
        } else if (!has_reg) {
            emit_.move(to, std::uint32_t(slot_.imm() >> 31));
        } else {
            read_high(to, slot_.src());
        }
    };
    low(scratch, !swaps);
    low(scratch2, swaps);
    if (condition == Jump::Set) {
        // Nothing reads the low halves of a test again before both are done: r12 collects bits.
        emit_.alu(Op::And, scratch, scratch, scratch2);
        emit_.push(1u << 12 | 1u << 14);
        high(scratch, true);
        high(scratch2, false);
        emit_.alu(Op::And, scratch2, scratch, scratch2);
        emit_.load(scratch, Reg::sp, 0, 4);
        emit_.alu(Op::Orr, scratch2, scratch2, scratch, Sets::Flags);
        emit_.pop(1u << 12 | 1u << 14);
        return jump(Cond::Ne, target);
    }
    emit_.compare(scratch, scratch2);
    high(scratch, !swaps);
    high(scratch2, swaps);
    if (condition == Jump::Eq || condition == Jump::Ne) {
        emit_.if_then(Cond::Eq);
        emit_.compare(scratch, scratch2);
        return jump(cond_of(condition, false), target);
    }
    emit_.alu(Op::Sbc, scratch, scratch, scratch2, Sets::Flags);
    bool const is_signed = (std::uint32_t(condition) & 0x40) != 0;
    bool const or_equal = condition == Jump::Ge || condition == Jump::Sge ||
                          condition == Jump::Le || condition == Jump::Sle;
    jump(or_equal ? (is_signed ? Cond::Ge : Cond::Hs) : (is_signed ? Cond::Lt : Cond::Lo), target);
}

}  // namespace mbpf::jit
