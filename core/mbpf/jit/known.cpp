// SPDX-License-Identifier: MIT
#include "mbpf/jit/known.hpp"

#include <bit>

#include "mbpf/jit/roles.hpp"

namespace mbpf::jit {

namespace {

using isa::Alu;
using isa::Shape;
using isa::Slot;

// The second operand of an ALU instruction.
struct Operand {
    Known known;
    bool is_constant;
    std::uint32_t constant;  // Its low half
    [[nodiscard]] Fact fact() const { return known.fact(); }
    [[nodiscard]] bool is_offset() const {
        return known.is_number() && fact().is_zero() && known.most() <= reach;
    }
};

[[nodiscard, gnu::always_inline]] inline bool is_step(Operand const& b, std::int32_t most) {
    std::int32_t const step = std::int32_t(b.constant);
    return b.is_constant && step >= -most && step <= most;
}

// Of a sum or difference, by how far its operands are from where they started.
[[nodiscard]] Fact sum(bool adds, Known const& left, Operand const& b) {
    Fact const a = left.fact();
    // Whatever is computed with a pointer may still point there.
    Origin const origin = a.origin() != Origin::None ? a.origin() : b.fact().origin();
    bool const rises = (std::int32_t(b.constant) >= 0) == adds || b.constant == 0;
    // In front of a context there may be nothing: without one, it is at 0.
    Fact const small = rises || origin != Origin::Context ? Fact::small() : Fact{};
    if (a.is_at() && is_step(b, pointer_margin)) {
        return small.is_small() ? Fact::inside(origin) : Fact::near(origin);
    }
    if ((a.is_far() || a.is_guarded()) && is_step(b, longest_step)) {
        if (a.is_tame()) {
            Fact const tame = a.is_slow() && is_step(b, slow_step) ? Fact::slow() : Fact::tame();
            return rises && a.is_zero() ? tame | Fact::zero() : tame;
        }
        Fact const moved = a.is_near() ? Fact::near(origin) : a.is_far() ? Fact::far(origin) : a;
        return a.is_inside() ? moved | small : moved;
    }
    if (a.is_inside() && is_step(b, pointer_margin)) {
        return Fact::near(origin) | small;
    }
    // Below 2^31 and below 2^31 is below 2^32.
    bool const is_zero = adds && a.is_small() && b.fact().is_small();
    Fact const high = is_zero ? Fact::zero() : Fact{};
    bool const is_moved =
        (a.is_near() && b.fact().is_tame()) || (adds && a.is_tame() && b.fact().is_near());
    if (is_moved) {
        bool const is_inside = a.is_inside() || b.fact().is_inside();
        return (is_inside ? Fact::near(origin) : Fact::far(origin)) | high;
    }
    bool const is_far = (a.is_near() && b.is_offset()) ||
                        (adds && b.fact().is_near() && Operand{left, false, 0}.is_offset());
    return is_far ? Fact::far(origin) | high : high.pointing(origin);
}

// Where the sum or difference of an address and a number is.
[[nodiscard]] Known moved(bool adds, Fact fact, Known const& pointer, Operand const& b) {
    bool const is_placed = pointer.is_placed() && fact.origin() == pointer.fact().origin();
    if (is_placed && is_step(b, 1 << 24)) {
        std::int32_t const step = std::int32_t(b.constant);
        return Known::address(fact, pointer.start() + (adds ? step : -step), pointer.span());
    }
    if (is_placed && adds && b.is_offset()) {
        return Known::address(fact, pointer.start(), pointer.span() + b.known.most());
    }
    return Known{fact};
}

// Whether the upper half of a result is 0 because it is at most `most`, if operands are at most `x`
// and `y`, and have upper halves unless that is known.
struct Bound {
    bool is_zero;
    std::uint32_t most;
};
[[nodiscard]] Bound bound_of(Alu operation, Bound x, Bound y, Operand const& b,
                             std::uint32_t width) {
    bool const are_zero = x.is_zero && y.is_zero;
    std::uint32_t const count = b.constant & (width - 1);
    std::uint32_t most = 0;
    switch (operation) {
        case Alu::Add: return {are_zero && !__builtin_add_overflow(x.most, y.most, &most), most};
        case Alu::Mul: return {are_zero && !__builtin_mul_overflow(x.most, y.most, &most), most};
        case Alu::And: return {x.is_zero || y.is_zero, x.most < y.most ? x.most : y.most};
        case Alu::Or:
        case Alu::Xor:
            most = x.most | y.most;
            return {are_zero, most == 0 ? 0 : ~0u >> std::countl_zero(most)};
        case Alu::Lsh:
            most = count < 32 ? x.most << count : 0;
            return {b.is_constant && x.is_zero && count < 32 && most >> count == x.most, most};
        case Alu::Rsh:
            if (!b.is_constant) {
                return x;
            }
            return count < 32 ? Bound{x.is_zero, x.most >> count}
                              : Bound{true, x.is_zero ? 0 : ~0u >> (count - 32)};
        case Alu::Arsh:
            return {x.is_zero && (width == 64 || x.most >> 31 == 0), !b.is_constant ? x.most
                                                                     : count < 32 ? x.most >> count
                                                                                  : 0};
        case Alu::Div:  // By 0 gives 0,
            return {x.is_zero,
                    b.is_constant && b.constant != 0 && are_zero ? x.most / y.most : x.most};
        case Alu::Mod:  // and leaves all.
            return b.is_constant && b.constant != 0 && y.is_zero && (!x.is_zero || y.most <= x.most)
                       ? Bound{true, y.most - 1}
                       : x;
        default: return {false, 0};
    }
}

// A number of which `fact` is true.
[[nodiscard]] Known number(Fact fact, Bound bound) {
    if (!bound.is_zero) {
        return Known{fact};
    }
    if (bound.most <= std::uint32_t(most_tame_start)) {
        return Known::up_to(bound.most);
    }
    Fact const all = fact | Fact::up_to(bound.most);
    // Nothing else says that it is less.
    std::uint32_t const limit = fact.is_sign() ? Known{all}.most() : bound.most;
    return Known::up_to(bound.most < limit ? bound.most : limit).with(all);
}

// What facts say of an upper half besides.
[[nodiscard]] Fact of_high(Alu operation, Fact a, Operand const& b) {
    switch (operation) {
        case Alu::And:
        case Alu::Or:
        case Alu::Xor: return a.is_sign() && b.fact().is_sign() ? Fact::sign() : Fact{};
        case Alu::Rsh: return a.is_tame() && a.is_zero() ? a : Fact{};
        case Alu::Arsh:
            if (a.is_tame()) {
                return a;
            }
            return a.is_sign() || (b.is_constant && (b.constant & 32) != 0) ? Fact::sign() : Fact{};
        default: return {};
    }
}

[[nodiscard]] Known of_alu(Slot const& slot, Known const& a, Operand const& b) {
    bool const is_64 = isa::class_of(slot.opcode()) == isa::Class::Alu64;
    auto operation = Alu(slot.opcode() & 0xf0);
    if (slot.offset() != 0) {  // Of signed numbers.
        bool const are_small = a.fact().is_small() && b.fact().is_small();
        return Known{are_small ? Fact::small() : is_64 ? Fact{} : Fact::zero()};
    }
    bool const adds = operation == Alu::Add;
    bool const is_sum = adds || operation == Alu::Sub;
    Fact fact = is_64 ? Fact{} : Fact::zero();
    Bound y{!is_64 || b.fact().is_zero(), b.is_constant ? b.constant : b.known.most()};
    if (is_64 && is_sum) {
        fact = sum(adds, a, b);
        if (!a.is_number()) {
            return moved(adds, fact, a, b);
        }
        if (!b.known.is_number()) {
            return adds ? moved(true, fact, b.known, {a, false, 0}) : Known{fact};
        }
        if (!adds && b.is_constant && std::int32_t(b.constant) < 0) {
            operation = Alu::Add;
            y = {true, 0 - b.constant};
        }
    } else if (is_64) {
        fact = of_high(operation, a.fact(), b);
    } else if (adds && a.fact().is_tame() && a.fact().is_zero() && std::int32_t(b.constant) >= 0 &&
               is_step(b, longest_step)) {
        fact = sum(true, a, b);
    }
    Bound bound =
        bound_of(operation, {!is_64 || a.fact().is_zero(), a.most()}, y, b, is_64 ? 64 : 32);
    if (!bound.is_zero && fact.is_zero()) {
        bound = {true, ~0u};
    }
    return number(fact, bound);
}

[[nodiscard]] Known of_move(Slot const& slot, Known const& src) {
    bool const is_64 = isa::class_of(slot.opcode()) == isa::Class::Alu64;
    if (slot.offset() != 0) {
        return Known{is_64 ? Fact::sign() : Fact::zero()};
    }
    if (is_64 || src.fact().is_small()) {
        return src;
    }
    return src.is_number() ? Known::up_to(src.most())
                           : Known{Fact::zero().pointing(src.fact().origin())};
}

[[nodiscard]] Known of_load(std::uint8_t opcode) {
    std::uint32_t const bytes = isa::access_bytes(opcode);
    if ((opcode & 0xe0) == std::uint8_t(isa::Mode::MemSx)) {
        return Known{bytes == 4 ? Fact::sign() : Fact::slow()};
    }
    return bytes == 8 ? Known{} : Known::up_to(~0u >> (32 - 8 * bytes));
}

void update_at_call(State& state, Slot const& slot, machine::HelperTable const& helpers) {
    if (slot.src() == 0) {
        machine::Helper const* const helper = helpers.find(HelperId{slot.high});
        bool const is_word = helper != nullptr && helper->direct != nullptr;
        return state.set(0, Known{is_word ? Fact::zero() : Fact{}});
    }
    for (std::uint32_t reg = 0; reg < isa::first_saved_register; ++reg) {
        state.set(reg, Known{});
    }
}

}  // namespace

void State::start(Facts const& facts, bool frame_is_data) {
    facts_ = facts;
    for (std::uint32_t& span : span_) {
        span = Known::unknown;
    }
    if (frame_is_data) {
        set(isa::frame_pointer, Known::address(Fact::frame(), 0, 0));
    }
}

void State::note_access(std::uint32_t base) {
    if (!facts_[base].is_at()) {
        facts_.set(base, Fact::inside(facts_[base].origin()));
    }
}

Known result_of(State const& state, Slot const& slot, std::uint32_t tail_high) {
    std::uint8_t const opcode = slot.opcode();
    bool const is_64 = isa::class_of(opcode) == isa::Class::Alu64;
    switch (isa::shape_of(opcode)) {
        case Shape::AluImm:
        case Shape::AluReg:
        case Shape::DivideImm:
        case Shape::DivideReg: {
            bool const is_reg = (opcode & isa::source_register) != 0;
            bool const moves = Alu(opcode & 0xf0) == Alu::Mov;
            Known imm;
            if (!is_reg && (is_64 || moves || slot.offset() != 0)) {  // Else, no fact is asked for.
                imm = Known::constant(slot.high, is_64 ? std::uint32_t(slot.imm() >> 31) : 0);
            }
            if (moves) {
                return imm;
            }
            Operand const b{is_reg ? state[slot.src()] : imm, !is_reg, is_reg ? 0 : slot.high};
            return of_alu(slot, state[slot.dst()], b);
        }
        case Shape::MoveReg: return of_move(slot, state[slot.src()]);
        case Shape::Negate: return Known{is_64 ? Fact{} : Fact::zero()};
        case Shape::ByteSwap:
            return slot.imm() == 64 ? Known{} : Known::up_to(~0u >> (32 - slot.high));
        case Shape::Load: return of_load(opcode);
        case Shape::Wide: return Known::constant(slot.high, tail_high);
        case Shape::WideSection: {
            bool const is_data = opcode == std::uint8_t(isa::Opcode::LddwData);
            Origin const origin = is_data ? state.data_origin() : Origin::Rodata;
            bool const is_near = tail_high == 0 && slot.high < std::uint32_t(pointer_margin);
            return is_near ? Known::address(Fact::inside(origin), std::int32_t(slot.high), 0)
                           : Known{Fact{}.pointing(origin)};
        }
        default: return state[slot.dst()];
    }
}

void update(State& state, Slot const& slot, Known const& result,
            machine::HelperTable const& helpers) {
    Roles const roles{slot};
    if (roles.accesses()) {
        state.note_access(roles.loads() ? slot.src() : slot.dst());
    }
    if (roles.writes_dst()) {
        return state.set(slot.dst(), result);
    }
    if (slot.opcode() == std::uint8_t(isa::Opcode::Call)) {
        update_at_call(state, slot, helpers);
    } else if (roles.is_atomic()) {
        bool const compares = slot.imm() == std::int32_t(isa::Atomic::CompareExchange);
        if (compares || isa::atomic_writes_source(slot.imm())) {
            Known const fetched{isa::access_bytes(slot.opcode()) == 4 ? Fact::zero() : Fact{}};
            state.set(compares ? 0 : slot.src(), fetched);
        }
    }
}

}  // namespace mbpf::jit
