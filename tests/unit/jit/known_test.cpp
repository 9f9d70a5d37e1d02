// SPDX-License-Identifier: MIT
// What is known of registers within a block: that it is true of what instructions compute, whatever
// they are, and that it is enough for what programs do.
#include <array>
#include <random>

#include <gtest/gtest.h>

#include "mbpf/interpreter/arithmetic.hpp"
#include "mbpf/jit/known.hpp"

namespace mbpf::test {
namespace {

using isa::Alu;
using jit::Fact;
using jit::Known;
using jit::Origin;
using jit::State;

constexpr std::uint64_t context_address = 0x2000'0000;
constexpr std::uint64_t data_address = 0x2100'0000;

template <class T>
T compute(Alu operation, T a, T b) {
    switch (operation) {
        case Alu::Add: return interpreter::compute<Alu::Add>(a, b);
        case Alu::Sub: return interpreter::compute<Alu::Sub>(a, b);
        case Alu::Mul: return interpreter::compute<Alu::Mul>(a, b);
        case Alu::Div: return interpreter::divide(a, b);
        case Alu::Mod: return interpreter::modulo(a, b);
        case Alu::Or: return interpreter::compute<Alu::Or>(a, b);
        case Alu::And: return interpreter::compute<Alu::And>(a, b);
        case Alu::Xor: return interpreter::compute<Alu::Xor>(a, b);
        case Alu::Lsh: return interpreter::compute<Alu::Lsh>(a, b);
        case Alu::Rsh: return interpreter::compute<Alu::Rsh>(a, b);
        case Alu::Arsh: return interpreter::compute<Alu::Arsh>(a, b);
        default: return b;
    }
}

std::uint64_t compute(Alu operation, bool is_64, std::uint64_t a, std::uint64_t b) {
    return is_64 ? compute(operation, a, b)
                 : compute(operation, std::uint32_t(a), std::uint32_t(b));
}

// Registers of a program beside what is known of them.
class Machine {
public:
    Machine() {
        state_.start(jit::entry_facts(), true);
        values_[1] = context_address;
        values_[2] = 64;
        values_[isa::frame_pointer] = data_address;
    }

    // A number that nothing is known of but that it was loaded as so many bytes.
    void load(std::uint32_t reg, std::uint32_t bytes, std::uint64_t value) {
        std::uint8_t const size = bytes == 1 ? 0x10 : bytes == 2 ? 0x08 : bytes == 4 ? 0 : 0x18;
        step(isa::make_slot(std::uint8_t(0x61 | size), std::uint8_t(reg), isa::frame_pointer, 0, 0),
             bytes == 8 ? value : value & ((std::uint64_t{1} << (8 * bytes)) - 1));
    }

    Known alu(Alu operation, bool is_64, std::uint32_t dst, std::int32_t imm) {
        std::uint64_t const b = std::uint64_t(std::int64_t(imm));
        return step(isa::make_slot(std::uint8_t(std::uint8_t(operation) | (is_64 ? 7u : 4u)),
                                   std::uint8_t(dst), 0, 0, imm),
                    compute(operation, is_64, values_[dst], b));
    }
    Known alu_reg(Alu operation, bool is_64, std::uint32_t dst, std::uint32_t src) {
        return step(isa::make_slot(std::uint8_t(std::uint8_t(operation) | (is_64 ? 15u : 12u)),
                                   std::uint8_t(dst), std::uint8_t(src), 0, 0),
                    compute(operation, is_64, values_[dst], values_[src]));
    }
    Known data(std::uint32_t dst, std::uint32_t offset) {
        return step(isa::make_slot(std::uint8_t(isa::Opcode::LddwData), std::uint8_t(dst), 0, 0,
                                   std::int32_t(offset)),
                    data_address + offset);
    }
    // An address that was loaded, and looked at.
    void guard(std::uint32_t reg, std::uint32_t value) {
        state_.set(reg, Known{Fact::guarded()});
        values_[reg] = value;
    }
    // Forgets all but facts, as between blocks.
    void forget() {
        jit::Facts const facts = state_.facts();
        state_.start(facts, true);
    }

    Known known(std::uint32_t reg) const { return state_[reg]; }

    void expect_true(std::uint32_t reg) const {
        Known const known = state_[reg];
        Fact const fact = known.fact();
        std::uint64_t const value = values_[reg];
        std::int64_t const number = std::int64_t(value);
        EXPECT_TRUE(!fact.is_zero() || value >> 32 == 0) << value;
        EXPECT_TRUE(!fact.is_sign() || number == std::int32_t(value)) << value;
        EXPECT_TRUE(!fact.is_zero() || value <= known.most()) << value << " " << known.most();
        EXPECT_TRUE(!fact.is_tame() || (number <= jit::most_tame && -number <= jit::most_tame));
        EXPECT_TRUE(!fact.is_slow() || (number <= jit::most_slow && -number <= jit::most_slow));
        if (known.is_placed() && fact.origin() == Origin::Own) {
            std::uint64_t const first = data_address + std::uint64_t(std::int64_t(known.start()));
            EXPECT_GE(value, first);
            EXPECT_LE(value, first + known.span());
        }
        // What looks like an address is one.
        if ((fact.is_low_address() || fact.is_guarded()) && std::uint32_t(value) >= 0x10000 &&
            std::uint32_t(value) < 0x7fff'0000) {
            EXPECT_EQ(value >> 32, 0u) << value;
        }
    }

private:
    Known step(isa::Slot slot, std::uint64_t value) {
        Known const result = jit::result_of(state_, slot, 0);
        jit::update(state_, slot, result, machine::HelperTable{});
        values_[slot.dst()] = value;
        expect_true(slot.dst());
        return result;
    }

    State state_;
    std::array<std::uint64_t, isa::register_count> values_{};
};

TEST(Known, IsTrueOfWhatIsComputed) {
    constexpr Alu operations[]{Alu::Add, Alu::Sub, Alu::Mul, Alu::Div,  Alu::Mod, Alu::Or,
                               Alu::And, Alu::Xor, Alu::Lsh, Alu::Arsh, Alu::Rsh, Alu::Mov};
    constexpr std::int32_t numbers[]{0,       1,  2,   4,    5,      31,        32,       33,
                                     40,      63, 255, 4096, 0x8000, 0xffff,    65536,    100000,
                                     1 << 30, -1, -4,  -33,  -65536, INT32_MAX, INT32_MIN};
    std::mt19937 random{4711};
    auto const pick = [&](std::uint32_t count) { return std::uint32_t(random()) % count; };
    for (std::uint32_t round = 0; round < 20'000; ++round) {
        Machine machine;
        for (std::uint32_t i = 0; i < 20; ++i) {
            std::uint32_t const dst = pick(isa::frame_pointer);
            Alu const operation = operations[pick(std::size(operations))];
            bool const is_64 = pick(3) != 0;
            switch (pick(9)) {
                case 0:
                    machine.load(dst, 1u << pick(4),
                                 (std::uint64_t(random()) << 32 | random()) >> pick(64));
                    break;
                case 1: machine.data(dst, pick(0x9000)); break;
                case 2: machine.forget(); break;
                case 8: machine.guard(dst, std::uint32_t(random())); break;
                case 3:
                case 4:
                case 5:
                    machine.alu(operation, is_64, dst, numbers[pick(std::size(numbers))]);
                    break;
                default: machine.alu_reg(operation, is_64, dst, pick(isa::register_count));
            }
            ASSERT_FALSE(HasFailure()) << "round " << round;
        }
    }
}

TEST(Known, ACounterStaysTameAndAPointerNear) {
    Machine machine;
    auto const add = [&](std::uint32_t reg, std::int32_t imm) {
        return machine.alu(Alu::Add, true, reg, imm).fact();
    };
    auto const add_reg = [&](std::uint32_t reg, std::uint32_t src) {
        return machine.alu_reg(Alu::Add, true, reg, src).fact();
    };
    EXPECT_TRUE(machine.alu(Alu::Mov, true, 3, 65536).fact().is_slow());
    EXPECT_TRUE(add(3, 4).is_slow());
    EXPECT_FALSE(add(3, 32).is_slow());
    EXPECT_TRUE(machine.known(3).fact().is_tame());
    EXPECT_TRUE(machine.known(3).fact().is_zero());
    EXPECT_EQ(machine.known(3).most(), 65536u + 36);
    EXPECT_TRUE(add(3, -32).is_tame());
    EXPECT_FALSE(machine.known(3).fact().is_zero());
    EXPECT_FALSE(add(3, 33).is_tame());
    machine.alu(Alu::Mov, true, 4, 100'000);
    EXPECT_TRUE(machine.alu_reg(Alu::Mov, true, 5, 1).fact().is_context());
    EXPECT_TRUE(add(5, 100).is_inside());
    EXPECT_FALSE(add_reg(5, 4).is_near());  // Not tame, but no more than so much.
    EXPECT_TRUE(machine.known(5).fact().is_low_address());
    EXPECT_TRUE(add(5, 8).is_low_address());
    EXPECT_FALSE(add_reg(5, 4).is_low_address());
    EXPECT_EQ(machine.known(5).fact().origin(), Origin::Context);
    EXPECT_TRUE(machine.known(isa::frame_pointer).fact() == Fact::frame());
}

TEST(Known, AnAddressThatIsGuardedIsLeftInSmallSteps) {
    Machine machine;
    machine.guard(3, 0xffff'ffff);
    EXPECT_TRUE(machine.alu(Alu::Add, true, 3, 32).fact().is_guarded());
    EXPECT_TRUE(machine.alu(Alu::Sub, true, 3, 4).fact().is_guarded());
    EXPECT_TRUE(machine.alu_reg(Alu::Mov, true, 4, 3).fact().is_guarded());
    EXPECT_EQ(machine.alu(Alu::Add, true, 3, 33).fact(), Fact{});
    EXPECT_EQ(machine.alu_reg(Alu::Add, true, 4, 2).fact(), Fact{});
}

// table[(x + 1) & 15], a table on the stack.
TEST(Known, AnIndexThatIsMaskedStaysInItsTable) {
    Machine machine;
    machine.load(3, 4, 0xffff'fff0);
    machine.alu(Alu::Add, false, 3, 1);
    machine.alu(Alu::And, false, 3, 15);
    machine.alu(Alu::Lsh, true, 3, 2);
    EXPECT_EQ(machine.known(3).most(), 60u);
    machine.alu_reg(Alu::Mov, true, 4, isa::frame_pointer);
    machine.alu(Alu::Add, true, 4, -64);
    Known const element = machine.alu_reg(Alu::Add, true, 4, 3);
    ASSERT_TRUE(element.is_placed());
    EXPECT_EQ(element.start(), -64);
    EXPECT_EQ(element.span(), 60u);
    machine.forget();
    EXPECT_FALSE(machine.known(4).is_placed());
    EXPECT_TRUE(machine.known(4).fact().is_low_address());
}

}  // namespace
}  // namespace mbpf::test
