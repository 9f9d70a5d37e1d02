// SPDX-License-Identifier: MIT
// Pending values of low halves, and upper halves.
#include <bit>

#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

using Kind = Value::Kind;

void Compiler::load_run(Reg to, std::uint32_t at) { emit_.load_word(to, Reg::sp, at); }

void Compiler::store_run(Reg from, std::uint32_t at) { emit_.store_word(from, Reg::sp, at); }

void Compiler::load_item(Reg to, Item item) {
    homes_.note_use(item);
    if (stored_.code_at == emit_.size() && stored_.item == item) {
        return emit_.move(to, stored_.reg);
    }
    emit_.load(to, Reg::sp, Homes::slot_of(item), 4);
}

void Compiler::store_item(Reg from, Item item) {
    emit_.store(from, Reg::sp, Homes::slot_of(item), 4);
    stored_ = {emit_.size(), item, from};
}

Reg Compiler::read_item(Item item, Reg to) {
    if (homes_.has_reg(item)) {
        return homes_.of(item);
    }
    load_item(to, item);
    return to;
}

void Compiler::hold(Reg to, std::uint32_t constant) {
    if (held_.code_at != emit_.size() || held_.reg != to || held_.constant != constant) {
        emit_.move(to, constant);
    }
    held_ = {0, constant, to};
}

// An address in the program's own memory is near its start.
void Compiler::load_constant(Reg to, std::uint32_t value) {
    std::uint32_t const offset = value - std::uint32_t(instance_.own().base);
    if (offset < 0x1000 && homes_.has_reg(Item::Own) && value > 0xffff) {
        return offset == 0 ? emit_.move(to, homes_.of(Item::Own))
                           : emit_.alu(Op::Add, to, homes_.of(Item::Own), offset);
    }
    emit_.move(to, value);
}

void Compiler::evaluate(Reg to, Value const& value) {
    switch (value.kind()) {
        case Kind::Home:
        case Kind::Stored: return;
        case Kind::Constant: return load_constant(to, value.constant());
        case Kind::Shifted: return emit_.shift(to, value.operand());
        case Kind::Sum:
            if (value.operand().is_plain()) {
                return emit_.alu(Op::Add, to, value.reg(), value.constant());
            }
            if (to == value.reg()) {
                emit_.shift(to, value.operand());
                return emit_.alu(Op::Add, to, to, value.constant());
            }
            load_constant(to, value.constant());
            return emit_.alu(Op::Add, to, to, value.operand());
        case Kind::Index: return emit_.alu(Op::Add, to, value.base(), value.operand());
    }
}

// What others make of `reg` is done before it changes. If that goes in a circle, memory keeps it.
void Compiler::release(Reg reg, std::uint32_t others) {
    for (std::uint32_t left = others; left != 0; left &= left - 1) {
        std::uint32_t const other = std::uint32_t(std::countr_zero(left));
        if (!values_[other].reads(reg)) {
            continue;
        }
        if ((busy_ >> other & 1) == 0) {
            settle(other);
            continue;
        }
        evaluate(scratch, values_[other]);
        store_item(scratch, Homes::low(other));
        values_[other] = Value::stored();
    }
}

void Compiler::settle(std::uint32_t reg) {
    if (!is_pending(reg)) {
        return;
    }
    busy_ |= 1u << reg;
    Reg const to = home(reg);
    if (std::uint32_t const others = pending_ & ~(1u << reg); others != 0) {
        release(to, others);
    }
    if (values_[reg].is(Kind::Stored)) {
        load_item(to, Homes::low(reg));
    } else if (values_[reg].is_copy()) {
        emit_.move(to, values_[reg].reg());
    } else {
        evaluate(to, values_[reg]);
    }
    forget(reg);
    busy_ &= ~(1u << reg);
}

void Compiler::settle_all(Halves needed) {
    for (std::uint32_t left = pending_ & needed.lows(); left != 0; left &= left - 1) {
        settle(std::uint32_t(std::countr_zero(left)));
    }
}

void Compiler::prepare(std::uint32_t reg, bool is_last) {
    if (!is_last && value(reg).is_work()) {
        settle(reg);
    }
}

Reg Compiler::read(std::uint32_t reg, Reg to) {
    Value const& now = value(reg);
    if (now.is_copy()) {
        return now.reg();
    }
    if (!now.is_pending()) {
        return home(reg);
    }
    evaluate(to, now);
    return to;
}

Shifted Compiler::read_operand(std::uint32_t reg, Reg to) {
    Value const& now = value(reg);
    return now.is(Kind::Shifted) ? now.operand() : read(reg, to);
}

Reg Compiler::begin(std::uint32_t reg, std::uint32_t also) {
    if (std::uint32_t const others = pending_ & ~(1u << reg | 1u << also); others != 0) {
        release(home(reg), others);
    }
    return home(reg);
}

void Compiler::pend(std::uint32_t reg, Value const& value) {
    value.is_copy() && value.reg() == home(reg) ? forget(reg) : set(reg, value);
}

void Compiler::forget(std::uint32_t reg) {
    values_[reg] = Value{};
    pending_ &= ~(1u << reg);
}

void Compiler::forget_all(std::uint32_t regs) {
    for (std::uint32_t left = pending_ & regs; left != 0; left &= left - 1) {
        forget(std::uint32_t(std::countr_zero(left)));
    }
}

[[gnu::always_inline]] inline void Compiler::set(std::uint32_t reg, Value const& value) {
    values_[reg] = value;
    pending_ = (pending_ & ~(1u << reg)) | (value.is_pending() ? 1u << reg : 0u);
}

bool Compiler::load_known_high(Reg to, std::uint32_t reg, Fact fact) {
    if (fact.is_zero()) {
        emit_.move(to, 0u, Sets::Nothing);
    } else if (fact.is_sign()) {
        emit_.shift(to, {read(reg, to), ShiftKind::Asr, 31}, Sets::Nothing);
    }
    return fact.has_known_high();
}

Reg Compiler::read_high(std::uint32_t reg, Reg to) {
    return load_known_high(to, reg, fact_of(reg)) ? to : read_item(Homes::high(reg), to);
}

Reg Compiler::begin_high(std::uint32_t reg) const {
    return high_home(reg) == in_memory ? scratch : high_home(reg);
}

void Compiler::end_high(std::uint32_t reg, Reg written) {
    forget_zero(reg);
    if (high_home(reg) == in_memory) {
        store_item(written, Homes::high(reg));
    }
}

// If it is not known, it is there already.
void Compiler::write_known_high(std::uint32_t reg, Fact fact) {
    if (!fact.has_known_high() || (fact.is_zero() && (zeros_ >> reg & 1) != 0)) {
        return;
    }
    Reg const to = begin_high(reg);
    if (fact.is_zero()) {
        hold(to, 0);
    } else {
        (void)load_known_high(to, reg, fact);
    }
    end_high(reg, to);
    if (fact.is_zero()) {
        note_zero(reg);
        keep();
    }
}

void Compiler::publish_high(std::uint32_t reg) {
    if (reg != isa::frame_pointer) {
        write_known_high(reg, fact_of(reg));
    }
}

void Compiler::settle_high(Fact fact) {
    if (marks_.needs_high()) {
        write_known_high(slot_.dst(), fact);
    }
}

bool Compiler::wants_wide() const {
    return is_64(slot_) && marks_.needs_high() && !fact_after().has_known_high();
}

}  // namespace mbpf::jit
