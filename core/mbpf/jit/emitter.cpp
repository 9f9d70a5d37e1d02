// SPDX-License-Identifier: MIT
#include "mbpf/jit/emitter.hpp"

#include <bit>

namespace mbpf::jit {

namespace {

constexpr std::uint32_t none = 0x1000;
constexpr std::uint32_t call_mark = 0xff;  // Instead of a condition.

[[nodiscard]] std::uint32_t n(Reg reg) { return std::uint32_t(reg); }

// imm12 as the i:imm3:imm8 fields of a 32-bit instruction: first and second halfword.
[[nodiscard]] std::uint32_t first_of(std::uint32_t imm12) { return (imm12 >> 11 & 1) << 10; }
[[nodiscard]] std::uint32_t second_of(std::uint32_t imm12) {
    return (imm12 >> 8 & 7) << 12 | (imm12 & 0xff);
}

}  // namespace

std::uint32_t modified_immediate(std::uint32_t value) {
    std::uint32_t const low = value & 0xff;
    if (value == low) {
        return value;
    }
    if (value == (low | low << 16)) {
        return 0x100 | low;
    }
    std::uint32_t const high = value >> 8 & 0xff;
    if (value == (high << 8 | high << 24)) {
        return 0x200 | high;
    }
    if (value == low * 0x0101'0101u) {
        return 0x300 | low;
    }
    // 1bcdefgh rotated right by 8 to 31.
    std::uint32_t const zeros = std::uint32_t(std::countl_zero(value));
    std::uint32_t const rotation = zeros + 8;
    std::uint32_t const byte = std::rotl(value, int(rotation));
    return byte <= 0xff && rotation < 32 ? rotation << 7 | (byte & 0x7f) : none;
}

void Emitter::put(std::uint32_t at, std::uint32_t value) {
    if (at + 2 <= code_.size()) {
        mbpf::store(code_.data() + at, std::uint16_t(value));
    }
}

std::uint32_t Emitter::get(std::uint32_t at) const {
    return at + 2 <= code_.size() ? mbpf::load<std::uint16_t>(code_.data() + at) : 0;
}

// As put(), but all code goes through here.
void Emitter::halfword(std::uint32_t value) {
    std::uint32_t const at = size_;
    size_ = at + 2;
    if (size_ <= code_.size()) {
        mbpf::store(code_.data() + at, std::uint16_t(value));
    }
}

void Emitter::word(std::uint32_t first, std::uint32_t second) {
    std::uint32_t const at = size_;
    size_ = at + 4;
    if (size_ <= code_.size()) {
        mbpf::store(code_.data() + at, std::uint16_t(first));
        mbpf::store(code_.data() + at + 2, std::uint16_t(second));
    }
}

void Emitter::alu(Operation operation, Reg rd, Reg rn, Shifted operand) {
    Op const op = operation.op();
    Sets const sets = operation.sets();
    Reg const rm = operand.reg();
    bool const is_plain = operand.is_plain();
    bool const is_short = is_plain && sets != Sets::Nothing && are_low(rd, rn, rm);
    if (is_short && (op == Op::Add || op == Op::Sub)) {
        halfword((op == Op::Add ? 0x1800u : 0x1a00u) | n(rm) << 6 | n(rn) << 3 | n(rd));
        return note_result(rd, true);
    }
    bool const commutes = op != Op::Sub && op != Op::Sbc && op != Op::Rsb && op != Op::Bic;
    bool const is_turned = is_plain && commutes && rd == rm && rd != rn;
    Reg const left = is_turned ? rm : rn;
    Reg const right = is_turned ? rn : rm;
    if (is_plain && op == Op::Add && sets != Sets::Flags && rd == left) {
        return halfword(0x4400u | (n(rd) & 8) << 4 | n(right) << 3 | (n(rd) & 7));
    }
    std::uint32_t const two = op == Op::And   ? 0x4000u
                              : op == Op::Eor ? 0x4040u
                              : op == Op::Adc ? 0x4140u
                              : op == Op::Sbc ? 0x4180u
                              : op == Op::Orr ? 0x4300u
                              : op == Op::Bic ? 0x4380u
                                              : 0u;
    if (is_short && two != 0 && rd == left) {
        halfword(two | n(right) << 3 | n(rd));
        return note_result(rd, true);
    }
    word(0xea00u | std::uint32_t(op) << 5 | (sets == Sets::Flags ? 0x10u : 0u) | n(rn),
         operand.bits() | n(rd) << 8);
    note_result(rd, sets == Sets::Flags);
}

void Emitter::alu(Operation operation, Reg rd, Reg rn, std::uint32_t constant) {
    Op op = operation.op();
    Sets const sets = operation.sets();
    bool const is_sum = op == Op::Add || op == Op::Sub;
    // The opposite operation of the opposite constant.
    std::uint32_t const opposite = is_sum ? 0 - constant : ~constant;
    Op const other = op == Op::Add   ? Op::Sub
                     : op == Op::Sub ? Op::Add
                     : op == Op::And ? Op::Bic
                     : op == Op::Bic ? Op::And
                     : op == Op::Orr ? Op::Orn
                     : op == Op::Adc ? Op::Sbc
                     : op == Op::Sbc ? Op::Adc
                                     : op;
    if (are_low(rd, rn) && sets != Sets::Nothing) {
        bool const turns = is_sum && opposite < constant;
        std::uint32_t const value = turns ? opposite : constant;
        std::uint32_t const subtracts = (turns ? other : op) == Op::Sub ? 1u : 0u;
        if (is_sum && value < 256 && rd == rn) {
            halfword(0x3000u | subtracts << 11 | n(rd) << 8 | value);
            return note_result(rd, true);
        }
        if (is_sum && value < 8) {
            halfword(0x1c00u | subtracts << 9 | value << 6 | n(rn) << 3 | n(rd));
            return note_result(rd, true);
        }
        if (op == Op::Rsb && constant == 0) {
            return halfword(0x4240u | n(rn) << 3 | n(rd));
        }
    }
    std::uint32_t imm = modified_immediate(constant);
    if (imm == none && other != op) {
        imm = modified_immediate(opposite);
        op = imm == none ? op : other;
    }
    if (imm == none) {
        std::uint32_t const magnitude = constant < opposite ? constant : opposite;
        if (is_sum && sets != Sets::Flags && magnitude < 0x1000) {  // ADDW, SUBW
            bool const subtracts = (op == Op::Sub) == (magnitude == constant);
            return word((subtracts ? 0xf2a0u : 0xf200u) | first_of(magnitude) | n(rn),
                        second_of(magnitude) | n(rd) << 8);
        }
        bool const is_free = rd != rn && rd != Reg::pc;
        Reg const temporary = is_free ? rd : rn == Reg::lr ? Reg::r12 : Reg::lr;
        move(temporary, constant, Sets::Nothing);
        return alu({op, sets}, rd, rn, temporary);
    }
    word(0xf000u | first_of(imm) | std::uint32_t(op) << 5 | (sets == Sets::Flags ? 0x10u : 0u) |
             n(rn),
         second_of(imm) | n(rd) << 8);
    note_result(rd, sets == Sets::Flags);
}

void Emitter::compare(Reg rn, Shifted operand) {
    if (operand.is_plain()) {
        std::uint32_t const code = are_low(rn, operand.reg()) ? 0x4280u : 0x4500u;
        return halfword(code | (n(rn) & 8) << 4 | operand.bits() << 3 | (n(rn) & 7));
    }
    alu({Op::Sub, Sets::Flags}, Reg::pc, rn, operand);
}

void Emitter::compare(Reg rn, std::uint32_t constant) {
    if (is_low(rn) && constant <= 0xff) {
        return halfword(0x2800u | n(rn) << 8 | constant);
    }
    alu({Op::Sub, Sets::Flags}, Reg::pc, rn, constant);
}

void Emitter::compare_with_zero(Reg rn) {
    if (result_.end != size_ || result_.reg != rn || size_ < conditional_end_) {
        return compare(rn, 0u);
    }
    if (!result_.sets_flags) {
        put(size_ - 4, get(size_ - 4) | 0x10u);
        result_.sets_flags = true;
    }
}

void Emitter::test(Reg rn, Shifted operand) {
    if (operand.is_plain() && are_low(rn, operand.reg())) {
        return halfword(0x4200u | operand.bits() << 3 | n(rn));
    }
    alu({Op::And, Sets::Flags}, Reg::pc, rn, operand);
}

void Emitter::test(Reg rn, std::uint32_t constant) {
    if (!is_modified_immediate(constant)) {  // BIC has no form that only tests.
        move(Reg::lr, constant);
        return test(rn, Reg::lr);
    }
    alu({Op::And, Sets::Flags}, Reg::pc, rn, constant);
}

void Emitter::move(Reg rd, Reg rm) {
    if (rd != rm) {
        halfword(0x4600u | (n(rd) & 8) << 4 | n(rm) << 3 | (n(rd) & 7));
    }
}

void Emitter::move(Reg rd, std::uint32_t constant, Sets sets) {
    if (is_low(rd) && constant <= 0xff && sets == Sets::Any) {
        return halfword(0x2000u | n(rd) << 8 | constant);
    }
    std::uint32_t const imm = modified_immediate(constant);
    if (imm != none) {
        return word(0xf04fu | first_of(imm), second_of(imm) | n(rd) << 8);
    }
    std::uint32_t const inverted = modified_immediate(~constant);
    if (inverted != none) {
        return word(0xf06fu | first_of(inverted), second_of(inverted) | n(rd) << 8);
    }
    std::uint32_t const low = constant & 0xffff;
    std::uint32_t const high = constant >> 16;
    word(0xf240u | low >> 12 | first_of(low & 0xfff), second_of(low & 0xfff) | n(rd) << 8);
    if (high != 0) {
        word(0xf2c0u | high >> 12 | first_of(high & 0xfff), second_of(high & 0xfff) | n(rd) << 8);
    }
}

void Emitter::shift(Reg rd, Shifted from, Sets sets) {
    Reg const rm = from.reg();
    if (from.is_plain()) {
        return move(rd, rm);
    }
    if (are_low(rd, rm) && sets != Sets::Nothing && from.kind() != ShiftKind::Ror) {
        halfword(std::uint32_t(from.kind()) << 11 | from.amount() << 6 | n(rm) << 3 | n(rd));
        return note_result(rd, true);
    }
    word(sets == Sets::Flags ? 0xea5fu : 0xea4fu, from.bits() | n(rd) << 8);
    note_result(rd, sets == Sets::Flags);
}

void Emitter::shift(ShiftKind kind, Reg rd, Reg rm, Reg amount, Sets sets) {
    if (rd == rm && are_low(rd, amount) && sets == Sets::Any && kind != ShiftKind::Ror) {
        return halfword(0x4080u + (std::uint32_t(kind) << 6) + (n(amount) << 3 | n(rd)));
    }
    word(0xfa00u | std::uint32_t(kind) << 5 | n(rm), 0xf000u | n(rd) << 8 | n(amount));
}

void Emitter::invert(Reg rd, Reg rm) {
    if (are_low(rd, rm)) {
        return halfword(0x43c0u | n(rm) << 3 | n(rd));
    }
    word(0xea6fu, n(rd) << 8 | n(rm));
}

void Emitter::multiply(Reg rd, Reg rn, Reg rm) {
    if (are_low(rn, rm) && (rd == rn || rd == rm)) {
        return halfword(0x4340u | n(rd == rn ? rm : rn) << 3 | n(rd));
    }
    word(0xfb00u | n(rn), 0xf000u | n(rd) << 8 | n(rm));
}

void Emitter::multiply_subtract(Reg rd, Reg rn, Reg rm, Reg ra) {
    word(0xfb00u | n(rn), n(ra) << 12 | n(rd) << 8 | 0x10u | n(rm));
}

void Emitter::multiply_add(Reg rd, Reg rn, Reg rm, Reg ra) {
    word(0xfb00u | n(rn), n(ra) << 12 | n(rd) << 8 | n(rm));
}

void Emitter::multiply_long(Reg low, Reg high, Reg rn, Reg rm) {
    word(0xfba0u | n(rn), n(low) << 12 | n(high) << 8 | n(rm));
}

void Emitter::divide(Reg rd, Reg rn, Reg rm, bool is_signed) {
    word((is_signed ? 0xfb90u : 0xfbb0u) | n(rn), 0xf0f0u | n(rd) << 8 | n(rm));
}

void Emitter::extend(Reg rd, Reg rm, std::uint32_t bits, bool is_signed) {
    if (are_low(rd, rm)) {
        std::uint32_t const kind = (is_signed ? 0u : 2u) | (bits == 8 ? 1u : 0u);
        return halfword(0xb200u | kind << 6 | n(rm) << 3 | n(rd));
    }
    std::uint32_t const kind = bits == 8 ? 4 : 0;
    word(0xfa0fu | (kind + (is_signed ? 0 : 1)) << 4, 0xf080u | n(rd) << 8 | n(rm));
}

void Emitter::extract(Reg rd, Reg rn, std::uint32_t lsb, std::uint32_t width, bool is_signed) {
    word((is_signed ? 0xf340u : 0xf3c0u) | n(rn),
         (lsb >> 2 & 7) << 12 | n(rd) << 8 | (lsb & 3) << 6 | (width - 1));
}

void Emitter::reverse(Reg rd, Reg rm, std::uint32_t bits) {
    std::uint32_t const kind = bits == 16 ? 1 : 0;
    if (are_low(rd, rm)) {
        return halfword(0xba00u | kind << 6 | n(rm) << 3 | n(rd));
    }
    word(0xfa90u | n(rm), 0xf080u | kind << 4 | n(rd) << 8 | n(rm));
}

// `kind` is the bits of a unit, with that of a load.
void Emitter::transfer(std::uint32_t kind, Reg rt, Reg rn, std::uint32_t offset) {
    std::uint32_t const load = (kind & Unit::load) << 7;
    std::uint32_t const scale = kind / 0x20 & 3;
    std::uint32_t const units = offset >> scale;
    if (is_low(rt) && (kind & Unit::sign) == 0 && units << scale == offset) {
        if (is_low(rn) && units < 32) {
            std::uint32_t const code = scale == 2 ? 0x6000u : scale == 1 ? 0x8000u : 0x7000u;
            return halfword(code | load | units << 6 | n(rn) << 3 | n(rt));
        }
        if (rn == Reg::sp && scale == 2 && units < 256) {
            return halfword(0x9000u | load | n(rt) << 8 | units);
        }
    }
    std::uint32_t const code = 0xf800u | kind | n(rn);
    if (std::int32_t(offset) >= 0) {
        word(code | 0x80u, n(rt) << 12 | offset);
    } else {
        word(code, n(rt) << 12 | 0xc00u | (0 - offset));
    }
}

void Emitter::transfer_indexed(std::uint32_t kind, Reg rt, Reg rn, Shifted index) {
    if (index.is_plain() && are_low(rt, rn, index.reg())) {
        std::uint32_t const scale = kind / 0x20 & 3;
        std::uint32_t const load = (kind & Unit::load) << 7;
        std::uint32_t const code =
            (kind & Unit::sign) == 0 ? 0x5400u - 0x200u * scale + load : 0x5600u + 0x800u * scale;
        return halfword(code | n(index.reg()) << 6 | n(rn) << 3 | n(rt));
    }
    word(0xf800u | kind | n(rn), n(rt) << 12 | index.amount() << 4 | n(index.reg()));
}

void Emitter::load_word(Reg rt, Reg rn, std::uint32_t offset) {
    load(rt, rn, std::int32_t(offset), 4);
}
void Emitter::store_word(Reg rt, Reg rn, std::uint32_t offset) {
    store(rt, rn, std::int32_t(offset), 4);
}

void Emitter::branch_register(Reg rm) { halfword(0x4700u | n(rm) << 3); }
void Emitter::call_register(Reg rm) { halfword(0x4780u | n(rm) << 3); }
void Emitter::if_then(Cond cond) {
    halfword(0xbf08u | std::uint32_t(cond) << 4);
    conditional_end_ = size_ + 5;
}

// The mask says "then" for the second by the low bit of the condition.
void Emitter::if_then_twice(Cond cond) {
    std::uint32_t const code = std::uint32_t(cond);
    halfword(0xbf04u | code << 4 | (code & 1) << 3);
    conditional_end_ = size_ + 9;
}

void Emitter::branch_later(Cond cond, std::uint32_t link) { word(link, std::uint32_t(cond)); }

void Emitter::call_later(std::uint32_t link) { word(link, call_mark); }

std::uint32_t Emitter::resolve(std::uint32_t at, std::uint32_t target, std::uint32_t call_target) {
    std::uint32_t const link = get(at);
    std::uint32_t const what = get(at + 2);
    std::uint32_t const end = size_;
    size_ = at;
    what == call_mark ? call(call_target) : branch(Cond(what), target);
    size_ = end;
    return link;
}

void Emitter::branch_back(Cond cond, std::uint32_t target) {
    std::uint32_t const distance = size_ + 4 - target;
    std::uint32_t const offset = 0 - distance;
    if (cond == Cond::Always && distance <= 2048) {
        return halfword(0xe000u | (offset >> 1 & 0x7ff));
    }
    if (cond != Cond::Always && distance <= 256) {
        return halfword(0xd000u | std::uint32_t(cond) << 8 | (offset >> 1 & 0xff));
    }
    branch(cond, target);
}

void Emitter::branch_ahead(Cond cond, bool is_near) { is_near ? halfword(0) : branch(cond, size_); }

void Emitter::land(std::uint32_t at, Cond cond, bool is_near) {
    begin_block();
    if (!is_near) {
        return patch(at, size_);
    }
    bool const is_always = cond == Cond::Always;
    std::uint32_t const distance = size_ - (at + 4);  // -2 at least.
    std::uint32_t const mask = is_always ? 0xfff : 0x1ff;
    missed_ |= distance + 2 > mask / 2 + 2;
    std::uint32_t const code = is_always ? 0xe000u : 0xd000u | std::uint32_t(cond) << 8;
    put(at, code | (distance & mask) >> 1);
}

void Emitter::branch(Cond cond, std::uint32_t target) {
    std::uint32_t const at = size_;
    if (cond == Cond::Always) {
        word(0xf000u, 0x9000u);  // B.W, T4
    } else {
        word(0xf000u | std::uint32_t(cond) << 6, 0x8000u);  // B<c>.W, T3
    }
    patch(at, target);
}

void Emitter::call(std::uint32_t target) {
    std::uint32_t const at = size_;
    word(0xf000u, 0xd000u);
    patch(at, target);
}

void Emitter::patch(std::uint32_t at, std::uint32_t target) {
    std::uint32_t const distance = target - (at + 4);
    std::uint32_t const first = get(at);
    std::uint32_t const second = get(at + 2);
    std::uint32_t const sign = distance >> 31;
    if ((second & 0x1000u) != 0) {  // T4 and BL: J1 = ~(I1 ^ S)
        std::uint32_t const j1 = ~(distance >> 23 ^ sign) & 1;
        std::uint32_t const j2 = ~(distance >> 22 ^ sign) & 1;
        put(at, 0xf000u | sign << 10 | (distance >> 12 & 0x3ff));
        put(at + 2, (second & 0xd000u) | j1 << 13 | j2 << 11 | (distance >> 1 & 0x7ff));
    } else {
        put(at, (first & 0xfbc0u) | sign << 10 | (distance >> 12 & 0x3f));
        put(at + 2, 0x8000u | (distance >> 18 & 1) << 13 | (distance >> 19 & 1) << 11 |
                        (distance >> 1 & 0x7ff));
    }
}

}  // namespace mbpf::jit
