// SPDX-License-Identifier: MIT
#include "mbpf/jit/emitter.hpp"

#include <bit>

namespace mbpf::jit {

namespace {

constexpr std::uint32_t none = 0x1000;
constexpr std::uint32_t pc = 15;
constexpr std::uint32_t call_mark = 0xff;  // Instead of a condition.

[[nodiscard]] std::uint32_t n(Reg reg) { return std::uint32_t(reg); }
[[nodiscard]] bool is_low(Reg reg) { return n(reg) < 8; }

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

void Emitter::halfword(std::uint32_t value) {
    put(size_, value);
    size_ += 2;
}

void Emitter::alu(Op op, Reg rd, Reg rn, Reg rm, Sets sets, ShiftKind kind, std::uint32_t amount) {
    bool const plain = amount == 0 && kind == ShiftKind::Lsl;
    bool const low = is_low(rd) && is_low(rn) && is_low(rm);
    if (plain && low && sets == Sets::Flags && (op == Op::Add || op == Op::Sub)) {
        return halfword((op == Op::Add ? 0x1800u : 0x1a00u) | n(rm) << 6 | n(rn) << 3 | n(rd));
    }
    if (plain && op == Op::Add && sets == Sets::Nothing && rd == rn) {
        return halfword(0x4400u | (n(rd) & 8) << 4 | n(rm) << 3 | (n(rd) & 7));
    }
    word(0xea00u | n(Reg(op)) << 5 | std::uint32_t(sets) << 4 | n(rn),
         (amount >> 2 & 7) << 12 | n(rd) << 8 | (amount & 3) << 6 | std::uint32_t(kind) << 4 |
             n(rm));
}

void Emitter::alu(Op op, Reg rd, Reg rn, std::uint32_t constant, Reg scratch, Sets sets) {
    std::uint32_t imm = modified_immediate(constant);
    // The opposite operation of the opposite constant.
    if (imm == none && (op == Op::Add || op == Op::Sub)) {
        std::uint32_t const negated = modified_immediate(0 - constant);
        if (negated != none) {
            op = op == Op::Add ? Op::Sub : Op::Add;
            imm = negated;
        }
    } else if (imm == none && (op == Op::And || op == Op::Bic)) {
        std::uint32_t const inverted = modified_immediate(~constant);
        if (inverted != none) {
            op = op == Op::And ? Op::Bic : Op::And;
            imm = inverted;
        }
    }
    if (imm == none) {
        move(scratch, constant);
        return alu(op, rd, rn, scratch, sets);
    }
    word(0xf000u | first_of(imm) | n(Reg(op)) << 5 | std::uint32_t(sets) << 4 | n(rn),
         second_of(imm) | n(rd) << 8);
}

void Emitter::compare(Reg rn, Reg rm) {
    halfword(0x4500u | (n(rn) & 8) << 4 | n(rm) << 3 | (n(rn) & 7));
}

void Emitter::compare(Reg rn, std::uint32_t constant, Reg scratch) {
    if (is_low(rn) && constant <= 0xff) {
        return halfword(0x2800u | n(rn) << 8 | constant);
    }
    std::uint32_t const imm = modified_immediate(constant);
    std::uint32_t const negated = modified_immediate(0 - constant);
    if (imm != none) {
        word(0xf1b0u | first_of(imm) | n(rn), second_of(imm) | pc << 8);
    } else if (negated != none) {  // CMN
        word(0xf110u | first_of(negated) | n(rn), second_of(negated) | pc << 8);
    } else {
        move(scratch, constant);
        compare(rn, scratch);
    }
}

void Emitter::test(Reg rn, Reg rm) { word(0xea10u | n(rn), pc << 8 | n(rm)); }

void Emitter::test(Reg rn, std::uint32_t constant, Reg scratch) {
    std::uint32_t const imm = modified_immediate(constant);
    if (imm == none) {
        move(scratch, constant);
        return test(rn, scratch);
    }
    word(0xf010u | first_of(imm) | n(rn), second_of(imm) | pc << 8);
}

void Emitter::move(Reg rd, Reg rm) {
    if (rd != rm) {
        halfword(0x4600u | (n(rd) & 8) << 4 | n(rm) << 3 | (n(rd) & 7));
    }
}

// Keeps the flags.
void Emitter::move(Reg rd, std::uint32_t constant) {
    std::uint32_t const imm = modified_immediate(constant);
    std::uint32_t const inverted = modified_immediate(~constant);
    if (imm != none) {
        return word(0xf04fu | first_of(imm), second_of(imm) | n(rd) << 8);
    }
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

void Emitter::shift(ShiftKind kind, Reg rd, Reg rm, std::uint32_t amount) {
    if (amount == 0) {
        return move(rd, rm);
    }
    word(0xea4fu, (amount >> 2 & 7) << 12 | n(rd) << 8 | (amount & 3) << 6 |
                      std::uint32_t(kind) << 4 | n(rm));
}

void Emitter::shift(ShiftKind kind, Reg rd, Reg rm, Reg amount) {
    word(0xfa00u | std::uint32_t(kind) << 5 | n(rm), 0xf000u | n(rd) << 8 | n(amount));
}

void Emitter::multiply(Reg rd, Reg rn, Reg rm) {
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

void Emitter::divide(Reg rd, Reg rn, Reg rm) {
    word(0xfbb0u | n(rn), 0xf0f0u | n(rd) << 8 | n(rm));
}

void Emitter::extend(Reg rd, Reg rm, std::uint32_t bits, bool is_signed) {
    std::uint32_t const kind = bits == 8 ? 4 : 0;
    word(0xfa0fu | (kind + (is_signed ? 0 : 1)) << 4, 0xf080u | n(rd) << 8 | n(rm));
}

void Emitter::reverse(Reg rd, Reg rm, std::uint32_t bits) {
    word(0xfa90u | n(rm), 0xf080u | (bits == 16 ? 0x10u : 0u) | n(rd) << 8 | n(rm));
}

void Emitter::load(Reg rt, Reg rn, std::int32_t offset, std::uint32_t bytes, bool is_signed) {
    std::uint32_t const at = std::uint32_t(offset);
    if (bytes == 4 && is_low(rt) && is_low(rn) && at <= 124 && at % 4 == 0) {
        return halfword(0x6800u | at << 4 | n(rn) << 3 | n(rt));
    }
    std::uint32_t const size = bytes == 4 ? 0x40u : bytes == 2 ? 0x20u : 0;
    std::uint32_t const kind = 0xf810u | size | (is_signed ? 0x100u : 0) | n(rn);
    if (offset >= 0) {
        word(kind | 0x80u, n(rt) << 12 | at);
    } else {
        word(kind, n(rt) << 12 | 0xc00u | (0 - at));
    }
}

void Emitter::store(Reg rt, Reg rn, std::int32_t offset, std::uint32_t bytes) {
    std::uint32_t const at = std::uint32_t(offset);
    if (bytes == 4 && is_low(rt) && is_low(rn) && at <= 124 && at % 4 == 0) {
        return halfword(0x6000u | at << 4 | n(rn) << 3 | n(rt));
    }
    std::uint32_t const kind = 0xf800u | (bytes == 4 ? 0x40u : bytes == 2 ? 0x20u : 0) | n(rn);
    if (offset >= 0) {
        word(kind | 0x80u, n(rt) << 12 | at);
    } else {
        word(kind, n(rt) << 12 | 0xc00u | (0 - at));
    }
}

void Emitter::load_pair(Reg rt, Reg rt2, Reg rn, std::uint32_t offset) {
    word(0xe9d0u | n(rn), n(rt) << 12 | n(rt2) << 8 | offset / 4);
}

void Emitter::push(std::uint32_t registers) { word(0xe92du, registers); }
void Emitter::pop(std::uint32_t registers) { word(0xe8bdu, registers); }
void Emitter::branch_register(Reg rm) { halfword(0x4700u | n(rm) << 3); }
void Emitter::call_register(Reg rm) { halfword(0x4780u | n(rm) << 3); }
void Emitter::if_then(Cond cond) { halfword(0xbf08u | std::uint32_t(cond) << 4); }

// The mask says "then" for the second by the low bit of the condition.
void Emitter::if_then_twice(Cond cond) {
    std::uint32_t const code = std::uint32_t(cond);
    halfword(0xbf04u | code << 4 | (code & 1) << 3);
}

void Emitter::move_halfword(Reg rd, std::uint32_t value) {
    word(0xf240u | value >> 12 | first_of(value & 0xfff), second_of(value & 0xfff) | n(rd) << 8);
}

void Emitter::branch_later(Cond cond, std::uint32_t link) { word(link, std::uint32_t(cond)); }

void Emitter::call_later(std::uint32_t link) { word(link, call_mark); }

std::uint32_t Emitter::resolve(std::uint32_t at, std::uint32_t target) {
    std::uint32_t const link = get(at);
    std::uint32_t const what = get(at + 2);
    std::uint32_t const end = size_;
    size_ = at;
    what == call_mark ? call(target - 4) : branch(Cond(what), target);
    size_ = end;
    return link;
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
