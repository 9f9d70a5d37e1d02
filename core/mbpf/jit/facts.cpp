// SPDX-License-Identifier: MIT
#include "mbpf/jit/facts.hpp"

namespace mbpf::jit {

namespace {

using isa::Alu;
using isa::Shape;
using isa::Slot;

// The second operand of an ALU instruction.
struct Operand {
    Fact fact;
    bool is_constant;
    std::uint32_t constant;  // Its low half
};

[[nodiscard]] bool is_step(Operand b, std::int32_t most) {
    std::int32_t const step = std::int32_t(b.constant);
    return b.is_constant && step >= -most && step <= most;
}

[[nodiscard]] bool is_mask(Operand b) {
    return b.is_constant && b.constant <= std::uint32_t(most_tame_start);
}

// Whatever is computed with a pointer may still point there.
[[nodiscard]] Origin origin_of_sum(Fact a, Fact b) {
    return a.origin() != Origin::None ? a.origin() : b.origin();
}

[[nodiscard]] Fact sum(Alu operation, Fact a, Operand b) {
    bool const adds = operation == Alu::Add;
    // Below 2^31 and below 2^31 is below 2^32.
    bool const is_zero = adds && a.is_small() && b.fact.is_small();
    Fact const high = is_zero ? Fact::zero() : Fact{};
    Origin const origin = origin_of_sum(a, b.fact);
    if (a.is_tame() && is_step(b, longest_step)) {
        bool const rises = (std::int32_t(b.constant) >= 0) == adds || b.constant == 0;
        return rises && a.is_zero() ? Fact::tame() | Fact::zero() : Fact::tame();
    }
    if (a.is_at() && is_step(b, pointer_margin)) {
        return Fact::inside(origin);
    }
    if (a.is_near() && is_step(b, longest_step)) {
        return a.is_inside() ? Fact::near(origin) | Fact::small() : Fact::near(origin);
    }
    if (a.is_inside() && is_step(b, pointer_margin)) {
        return Fact::near(origin) | Fact::small();
    }
    bool const is_moved =
        (a.is_near() && b.fact.is_tame()) || (adds && a.is_tame() && b.fact.is_near());
    if (!is_moved) {
        return high.pointing(origin);
    }
    return (a.is_inside() || b.fact.is_inside() ? Fact::near(origin) : Fact::far(origin)) | high;
}

[[nodiscard]] Fact shift_right(Alu operation, Fact a, Operand b, std::uint32_t width) {
    std::uint32_t const count = b.is_constant ? b.constant & (width - 1) : 0;
    bool const is_logical = operation == Alu::Rsh;
    if (width == 32) {
        return a.is_small() || (is_logical && count != 0) ? Fact::small() : Fact::zero();
    }
    if (a.is_tame() && (a.is_zero() || !is_logical)) {
        return a;
    }
    if (a.is_zero()) {
        return count != 0 || a.is_small() ? Fact::small() : Fact::zero();
    }
    if (is_logical) {
        return count > 32 ? Fact::small() : count == 32 ? Fact::zero() : Fact{};
    }
    return count >= 32 || a.is_sign() ? Fact::sign() : Fact{};
}

[[nodiscard]] Fact of_alu64(Alu operation, Fact a, Operand b) {
    switch (operation) {
        case Alu::Add:
        case Alu::Sub: return sum(operation, a, b);
        case Alu::And: {
            if (is_mask(b)) {
                return Fact::tame() | Fact::zero();
            }
            bool const is_zero = a.is_zero() || b.fact.is_zero();
            bool const is_small = a.is_small() || b.fact.is_small();
            bool const is_sign = a.is_sign() && b.fact.is_sign();
            return is_small ? Fact::small()
                            : (is_zero ? Fact::zero() : Fact{}) | (is_sign ? Fact::sign() : Fact{});
        }
        case Alu::Or:
        case Alu::Xor: {
            Fact const both = a & b.fact;
            return (both.is_zero() ? Fact::zero() : Fact{}) |
                   (both.is_sign() ? Fact::sign() : Fact{});
        }
        case Alu::Rsh:
        case Alu::Arsh: return shift_right(operation, a, b, 64);
        case Alu::Div:
        case Alu::Mod: return a.is_zero() && b.fact.is_zero() ? Fact::zero() : Fact{};
        default: return {};
    }
}

// The upper half is 0; this is whether bit 31 is, too.
[[nodiscard]] Fact of_alu32(Alu operation, Fact a, Operand b) {
    bool const either = a.is_small() || b.fact.is_small();
    bool const both = a.is_small() && b.fact.is_small();
    switch (operation) {
        case Alu::Add: {
            bool const rises = b.is_constant && b.constant <= std::uint32_t(longest_step);
            return rises && a.is_tame() && a.is_zero() ? a : Fact::zero();
        }
        case Alu::And:
            if (is_mask(b)) {
                return Fact::tame() | Fact::zero();
            }
            return either ? Fact::small() : Fact::zero();
        case Alu::Or:
        case Alu::Xor: return both ? Fact::small() : Fact::zero();
        case Alu::Rsh:
        case Alu::Arsh: return shift_right(operation, a, b, 32);
        default: return Fact::zero();
    }
}

[[nodiscard]] Fact of_alu(Slot slot, Fact a, Operand b) {
    bool const is_64 = isa::class_of(slot.opcode()) == isa::Class::Alu64;
    auto const operation = Alu(slot.opcode() & 0xf0);
    bool const is_signed_division = slot.offset() != 0;
    if (operation == Alu::Mov) {
        return b.fact;
    }
    if (is_signed_division) {
        bool const are_small = a.is_small() && b.fact.is_small();
        return are_small ? Fact::small() : is_64 ? Fact{} : Fact::zero();
    }
    return is_64 ? of_alu64(operation, a, b) : of_alu32(operation, a, b);
}

[[nodiscard]] Fact of_move(Slot slot, Fact src) {
    bool const is_64 = isa::class_of(slot.opcode()) == isa::Class::Alu64;
    if (slot.offset() != 0) {
        return is_64 ? Fact::sign() : Fact::zero();
    }
    return is_64 || src.is_small() ? src : Fact::zero().pointing(src.origin());
}

[[nodiscard]] Fact of_load(std::uint8_t opcode) {
    std::uint32_t const bytes = isa::access_bytes(opcode);
    if ((opcode & 0xe0) == std::uint8_t(isa::Mode::MemSx)) {
        return bytes == 4 ? Fact::sign() : Fact::tame();
    }
    return bytes == 8 ? Fact{} : bytes == 4 ? Fact::zero() : Fact::tame() | Fact::zero();
}

// Behind an access that did not trap, its base is near a region: an offset has 16 bits.
void note_access(Facts& facts, std::uint32_t base) {
    if (!facts[base].is_at()) {
        facts.set(base, Fact::inside(facts[base].origin()));
    }
}

void apply_call(Facts& facts, Slot slot, machine::HelperTable const& helpers) {
    if (slot.src() == 0) {
        machine::Helper const* const helper = helpers.find(HelperId{slot.high});
        bool const is_word = helper != nullptr && helper->direct != nullptr;
        return facts.set(0, is_word ? Fact::zero() : Fact{});
    }
    for (std::uint32_t reg = 0; reg < isa::first_saved_register; ++reg) {
        facts.set(reg, Fact{});
    }
}

}  // namespace

bool Facts::meet(Facts const& other) {
    if (is_unreached()) {
        *this = other;
        return true;
    }
    bool changes = false;
    for (std::uint32_t reg = 0; reg < isa::frame_pointer; ++reg) {
        Fact const both = facts_[reg] & other.facts_[reg];
        changes |= both != facts_[reg];
        facts_[reg] = both;
    }
    return changes;
}

void apply(Facts& facts, Slot slot, std::uint32_t tail_high, machine::HelperTable const& helpers) {
    std::uint8_t const opcode = slot.opcode();
    bool const is_64 = isa::class_of(opcode) == isa::Class::Alu64;
    Fact const a = facts[slot.dst()];
    switch (isa::shape_of(opcode)) {
        case Shape::AluImm:
        case Shape::DivideImm: {
            std::uint64_t const imm = std::uint64_t(std::int64_t(slot.imm()));
            Fact const fact = Fact::of_constant(is_64 ? imm : slot.high);
            facts.set(slot.dst(), of_alu(slot, a, {fact, true, slot.high}));
            break;
        }
        case Shape::AluReg:
        case Shape::DivideReg:
            facts.set(slot.dst(), of_alu(slot, a, {facts[slot.src()], false, 0}));
            break;
        case Shape::MoveReg: facts.set(slot.dst(), of_move(slot, facts[slot.src()])); break;
        case Shape::Negate: facts.set(slot.dst(), is_64 ? Fact{} : Fact::zero()); break;
        case Shape::ByteSwap:
            facts.set(slot.dst(), slot.imm() == 64   ? Fact{}
                                  : slot.imm() == 32 ? Fact::zero()
                                                     : Fact::small());
            break;
        case Shape::Load:
            note_access(facts, slot.src());
            facts.set(slot.dst(), of_load(opcode));
            break;
        case Shape::StoreImm:
        case Shape::StoreReg: note_access(facts, slot.dst()); break;
        case Shape::AtomicReg: {
            note_access(facts, slot.dst());
            Fact const fetched = isa::access_bytes(opcode) == 4 ? Fact::zero() : Fact{};
            if (isa::atomic_writes_source(slot.imm())) {
                facts.set(slot.src(), fetched);
            } else if (slot.imm() == std::int32_t(isa::Atomic::CompareExchange)) {
                facts.set(0, fetched);
            }
            break;
        }
        case Shape::Wide:
            facts.set(slot.dst(), Fact::of_constant(slot.high | std::uint64_t(tail_high) << 32));
            break;
        case Shape::WideSection: {
            bool const is_data = opcode == std::uint8_t(isa::Opcode::LddwData);
            Origin const origin = is_data ? Origin::Own : Origin::Rodata;
            bool const is_near = tail_high == 0 && slot.high < std::uint32_t(pointer_margin);
            facts.set(slot.dst(), is_near ? Fact::inside(origin) : Fact{}.pointing(origin));
            break;
        }
        case Shape::Call: apply_call(facts, slot, helpers); break;
        case Shape::JumpAlways:
        case Shape::JumpLong:
        case Shape::JumpImm:
        case Shape::JumpReg:
        case Shape::Exit:
        case Shape::Invalid:
        case Shape::LegacyPacket:
        case Shape::CallRegister: break;
    }
}

Facts entry_facts() {
    Facts facts;
    for (std::uint32_t reg = 0; reg < isa::frame_pointer; ++reg) {
        facts.set(reg, Fact::of_constant(0));
    }
    facts.set(1, Fact::context());
    facts.set(2, Fact::small());
    return facts;
}

}  // namespace mbpf::jit
