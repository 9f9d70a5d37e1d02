// SPDX-License-Identifier: MIT
// A comparison with 0 costs nothing where the instruction before sets the flags, or can.
#include <gtest/gtest.h>

#include "mbpf/jit/emitter.hpp"

namespace mbpf::test {
namespace {

using jit::Cond;
using jit::Emitter;
using jit::Op;
using jit::Reg;
using jit::Sets;
using jit::ShiftKind;

class Flags : public testing::Test {
protected:
    [[nodiscard]] std::uint32_t halfword_at(std::uint32_t at) const {
        return load<std::uint16_t>(Bytes{code_}, at);
    }
    // Bytes that comparing `reg` with 0 takes now.
    std::uint32_t compare(Reg reg) {
        std::uint32_t const before = emit_.size();
        emit_.compare_with_zero(reg);
        return emit_.size() - before;
    }

    std::byte code_[64]{};
    Emitter emit_{WritableBytes{code_}};
};

TEST_F(Flags, OfA16BitInstructionAreThere) {
    emit_.alu(Op::Sub, Reg::r3, Reg::r3, 1u);
    EXPECT_EQ(compare(Reg::r3), 0u);
    emit_.alu(Op::Eor, Reg::r2, Reg::r2, Reg::r1);
    EXPECT_EQ(compare(Reg::r2), 0u);
    emit_.shift(Reg::r2, {Reg::r1, ShiftKind::Lsr, 3});
    EXPECT_EQ(compare(Reg::r2), 0u);
}

TEST_F(Flags, OfA32BitInstructionAreSetByABit) {
    emit_.alu(Op::And, Reg::r8, Reg::r1, 0xffu);
    EXPECT_EQ(compare(Reg::r8), 0u);
    EXPECT_EQ(halfword_at(0), 0xf011u);  // ANDS.W r8, r1, #0xff
    emit_.alu({Op::Orr, Sets::Nothing}, Reg::r8, Reg::r1, {Reg::r2, ShiftKind::Lsl, 4});
    EXPECT_EQ(compare(Reg::r8), 0u);
    EXPECT_EQ(halfword_at(4), 0xea51u);  // ORRS.W r8, r1, r2, LSL #4
    emit_.shift(Reg::r9, {Reg::r8, ShiftKind::Asr, 2});
    EXPECT_EQ(compare(Reg::r9), 0u);
    EXPECT_EQ(halfword_at(8), 0xea5fu);  // ASRS.W r9, r8, #2
}

TEST_F(Flags, AreNotThoseOfAnother) {
    emit_.alu(Op::Sub, Reg::r3, Reg::r3, 1u);
    EXPECT_EQ(compare(Reg::r2), 2u);  // Another register,
    EXPECT_EQ(compare(Reg::r3), 2u);  // something in between,
    emit_.alu(Op::Add, Reg::r8, Reg::r8, Reg::r1);
    EXPECT_EQ(compare(Reg::r8), 4u);  // an instruction that sets none,
    emit_.alu(Op::Add, Reg::r8, Reg::r1, 0x123u);
    EXPECT_EQ(compare(Reg::r8), 4u);  // and one that cannot: ADDW.
    emit_.alu(Op::Sub, Reg::r3, Reg::r3, 1u);
    emit_.load_word(Reg::r3, Reg::r1, 0);
    EXPECT_EQ(compare(Reg::r3), 2u);
}

TEST_F(Flags, AreNotThoseOfWhatMayNotBeExecuted) {
    emit_.if_then(Cond::Eq);
    emit_.alu(Op::Sub, Reg::r3, Reg::r3, 1u);
    EXPECT_EQ(compare(Reg::r3), 2u);
    emit_.if_then_twice(Cond::Eq);
    emit_.alu(Op::Sub, Reg::r2, Reg::r2, 1u);
    emit_.alu(Op::Sub, Reg::r3, Reg::r3, 1u);
    EXPECT_EQ(compare(Reg::r3), 2u);
}

TEST_F(Flags, AreNotThereForWhoComesByABranch) {
    std::uint32_t const from = emit_.size();
    emit_.branch_ahead(Cond::Eq, true);
    emit_.alu(Op::Sub, Reg::r3, Reg::r3, 1u);
    emit_.land(from, Cond::Eq, true);
    EXPECT_EQ(compare(Reg::r3), 2u);
}

}  // namespace
}  // namespace mbpf::test
