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

[[nodiscard]] bool is_near(Operand b) {
    return b.is_constant && std::int32_t(b.constant) >= -pointer_margin &&
           std::int32_t(b.constant) <= pointer_margin;
}

// Whatever is computed with a pointer may still point there.
[[nodiscard]] Origin origin_of_sum(Fact a, Fact b) {
    return a.origin() != Origin::None ? a.origin() : b.origin();
}

[[nodiscard]] Fact sum(Alu operation, Fact a, Operand b) {
    // Below 2^31 and below 2^31 is below 2^32.
    bool const is_zero = operation == Alu::Add && a.is_small() && b.fact.is_small();
    Fact const fact = a.is_inside() && is_near(b) ? Fact::small() : is_zero ? Fact::zero() : Fact{};
    return fact.with(origin_of_sum(a, b.fact));
}

[[nodiscard]] Fact shift_right(Alu operation, Fact a, Operand b, std::uint32_t width) {
    std::uint32_t const count = b.is_constant ? b.constant & (width - 1) : 0;
    bool const is_logical = operation == Alu::Rsh;
    if (width == 32) {
        return a.is_small() || (is_logical && count != 0) ? Fact::small() : Fact::zero();
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
        case Alu::And: return either ? Fact::small() : Fact::zero();
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
        return is_64 ? Fact{} : Fact::zero();
    }
    return is_64 ? of_alu64(operation, a, b) : of_alu32(operation, a, b);
}

[[nodiscard]] Fact of_move(Slot slot, Fact src) {
    bool const is_64 = isa::class_of(slot.opcode()) == isa::Class::Alu64;
    if (slot.offset() != 0) {
        return is_64 ? Fact::sign() : Fact::zero();
    }
    return is_64 || src.is_small() ? src : Fact::zero().with(src.origin());
}

[[nodiscard]] Fact of_load(std::uint8_t opcode) {
    if ((opcode & 0xe0) == std::uint8_t(isa::Mode::MemSx)) {
        return Fact::sign();
    }
    std::uint32_t const bytes = isa::access_bytes(opcode);
    return bytes == 8 ? Fact{} : bytes == 4 ? Fact::zero() : Fact::small();
}

// Behind an access that did not trap, its base is near a region: an offset has 16 bits.
void note_access(Facts& facts, std::uint32_t base) {
    if (base != isa::frame_pointer) {
        facts.set(base, Fact::inside(facts[base].origin()));
    }
}

void apply_call(Facts& facts, machine::Helper const* helper) {
    if (helper != nullptr) {
        facts.set(0, helper->direct != nullptr ? Fact::zero() : Fact{});
        return;
    }
    for (std::uint32_t reg = 0; reg < isa::first_saved_register; ++reg) {
        facts.set(reg, Fact{});
    }
}

}  // namespace

void apply(Facts& facts, Slot slot, std::uint32_t tail_high, machine::Helper const* helper) {
    std::uint8_t const opcode = slot.opcode();
    bool const is_64 = isa::class_of(opcode) == isa::Class::Alu64;
    Fact const a = facts[slot.dst()];
    std::uint64_t const imm = std::uint64_t(std::int64_t(slot.imm()));
    Operand const constant{Fact::of_constant(is_64 ? imm : slot.high), true, slot.high};
    switch (isa::shape_of(opcode)) {
        case Shape::AluImm:
        case Shape::DivideImm: facts.set(slot.dst(), of_alu(slot, a, constant)); break;
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
            facts.set(slot.dst(), is_near ? Fact::inside(origin) : Fact{}.with(origin));
            break;
        }
        case Shape::Call: apply_call(facts, helper); break;
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
        facts.set(reg, Fact::small());
    }
    facts.set(1, Fact::small().with(Origin::Context));
    return facts;
}

}  // namespace mbpf::jit
