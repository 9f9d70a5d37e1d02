// SPDX-License-Identifier: MIT
// Jumps. Before one, what its target needs is in its home.
#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

using isa::Jump;
using isa::Shape;
using Kind = Value::Kind;

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

// The condition for b and a instead of a and b.
[[nodiscard]] Cond turned(Cond cond) {
    switch (cond) {
        case Cond::Hi: return Cond::Lo;
        case Cond::Hs: return Cond::Ls;
        case Cond::Lo: return Cond::Hi;
        case Cond::Ls: return Cond::Hs;
        case Cond::Gt: return Cond::Lt;
        case Cond::Ge: return Cond::Le;
        case Cond::Lt: return Cond::Gt;
        case Cond::Le: return Cond::Ge;
        default: return cond;
    }
}

}  // namespace

void Compiler::emit_jump() {
    Shape const shape = isa::shape_of(slot_.opcode());
    Block const& target = flow_.blocks()[flow_.blocks()[block_].target];
    Pc const next{pc_.slot + 1};
    is_jump_ = true;
    settle_all(target.needed);
    if (shape == Shape::JumpAlways || shape == Shape::JumpLong) {
        if (target.slot != next.slot) {
            jump(Cond::Always);
            leaves_ = true;
        }
        return;
    }
    if (turns_) {
        settle_all(flow_.blocks()[flow_.blocks()[block_ + 1].target].needed);
    } else if (next.slot < flow_.slots() && flow_.is_joined(flow_.blocks()[block_ + 1])) {
        settle_all(flow_.blocks()[block_ + 1].needed);
    }
    Cond const cond = marks_.knows_result() ? emit_compare() : emit_compare_wide();
    jump(turns_ ? inverse(cond) : cond);
    if (turns_ && is_checked) {
        emit_.alu(Op::Add, homes_.of(Item::Fuel), homes_.of(Item::Fuel), 1);
    }
}

// By the sign, where that does: a compare that sets nothing else may be saved.
[[gnu::always_inline]] inline Cond Compiler::compare_with_zero(Reg reg, Cond cond) {
    bool const is_equality = cond == Cond::Eq || cond == Cond::Ne;
    bool const is_sign = cond == Cond::Lt || cond == Cond::Ge;
    is_equality || is_sign ? emit_.compare_with_zero(reg) : emit_.compare(reg, 0u);
    return cond == Cond::Lt ? Cond::Mi : cond == Cond::Ge ? Cond::Pl : cond;
}

// Where 32 bits decide.
[[gnu::always_inline]] inline Cond Compiler::emit_compare() {
    bool const has_reg = isa::shape_of(slot_.opcode()) == Shape::JumpReg;
    auto const condition = Jump(slot_.opcode() & 0xf0);
    bool const is_32 = isa::class_of(slot_.opcode()) == isa::Class::Jmp32;
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    Fact const a = fact_of(dst);
    Fact const b =
        has_reg ? fact_of(src) : Fact::of_constant(std::uint64_t(std::int64_t(slot_.imm())));
    bool const both_sign = a.is_sign() && b.is_sign();
    Cond const cond = cond_of(condition, !is_32 && !both_sign);
    prepare(dst, marks_.is_last_of_dst());
    if (has_reg) {
        prepare(src, marks_.is_last_of_src() && src != dst);
    }
    bool const is_test = condition == Jump::Set;
    if (!has_reg || (value(src).is(Kind::Constant) && src != dst)) {
        std::uint32_t const constant = has_reg ? value(src).constant() : slot_.high;
        Reg const left = read(dst, scratch);
        if (constant == 0 && !is_test) {
            return compare_with_zero(left, cond);
        }
        is_test ? emit_.test(left, constant) : emit_.compare(left, constant);
        return cond;
    }
    if (value(dst).is(Kind::Constant) && src != dst && !is_test) {
        emit_.compare(read(src, scratch), value(dst).constant());
        return turned(cond);
    }
    if (value(dst).is(Kind::Shifted) && !value(dst).is_copy() && !value(src).is_work() &&
        !is_test) {
        Reg const right = read(src, scratch2);
        emit_.compare(right, read_operand(dst, scratch));
        return turned(cond);
    }
    Shifted const right = read_operand(src, scratch2);
    Reg const left = read(dst, scratch);
    is_test ? emit_.test(left, right) : emit_.compare(left, right);
    return cond;
}

// A half of the left or the right side of a comparison; `to`, if it is not in a register. Keeps the
// flags.
Reg Compiler::low_of(bool is_left, Reg to) {
    std::uint32_t const reg = is_left ? slot_.dst() : slot_.src();
    bool const is_constant = !is_left && isa::shape_of(slot_.opcode()) != Shape::JumpReg;
    if (is_constant || value(reg).is(Kind::Constant)) {  // Or r10.
        emit_.move(to, is_constant ? slot_.high : value(reg).constant(), Sets::Nothing);
        return to;
    }
    return read(reg, to);
}

Reg Compiler::high_of(bool is_left, Reg to) {
    if (!is_left && isa::shape_of(slot_.opcode()) != Shape::JumpReg) {
        emit_.move(to, std::uint32_t(slot_.imm() >> 31), Sets::Nothing);
        return to;
    }
    return read_high(is_left ? slot_.dst() : slot_.src(), to);
}

// Where the upper halves matter. Nothing is pending, so reading keeps the flags.
[[gnu::always_inline]] inline Cond Compiler::emit_compare_wide() {
    auto const condition = Jump(slot_.opcode() & 0xf0);
    bool const has_reg = isa::shape_of(slot_.opcode()) == Shape::JumpReg;
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    settle(dst);
    if (has_reg) {
        settle(src);
    }
    if (condition == Jump::Set) {
        Reg const right = low_of(false, scratch2);
        emit_.test(low_of(true, scratch), right);
        Reg const right_high = high_of(false, scratch2);
        Reg const left_high = high_of(true, scratch);
        emit_.if_then(Cond::Eq);
        emit_.test(left_high, right_high);
        return Cond::Ne;
    }
    if (condition == Jump::Eq || condition == Jump::Ne) {
        bool const is_zero = !has_reg && slot_.high == 0;
        if (is_zero) {
            Reg const low = low_of(true, scratch);
            emit_.alu({Op::Orr, Sets::Flags}, scratch, low, high_of(true, scratch2));
            return cond_of(condition, false);
        }
        Reg const right_high = high_of(false, scratch2);
        emit_.compare(high_of(true, scratch), right_high);
        Reg const right = low_of(false, scratch2);
        Reg const left = low_of(true, scratch);
        emit_.if_then(Cond::Eq);
        emit_.compare(left, right);
        return cond_of(condition, false);
    }
    // Greater is less, the other way around.
    bool const turns = condition == Jump::Gt || condition == Jump::Le || condition == Jump::Sgt ||
                       condition == Jump::Sle;
    Reg const right = low_of(turns, scratch2);
    emit_.compare(low_of(!turns, scratch), right);
    Reg const right_high = high_of(turns, scratch2);
    emit_.alu({Op::Sbc, Sets::Flags}, scratch, high_of(!turns, scratch), right_high);
    bool const is_signed = (std::uint32_t(condition) & 0x40) != 0;
    bool const or_equal = condition == Jump::Ge || condition == Jump::Sge ||
                          condition == Jump::Le || condition == Jump::Sle;
    return or_equal ? (is_signed ? Cond::Ge : Cond::Hs) : (is_signed ? Cond::Lt : Cond::Lo);
}

}  // namespace mbpf::jit
