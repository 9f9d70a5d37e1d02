// SPDX-License-Identifier: MIT
// accelerate() and restore(): each fusion is applied where it fits, and nothing is lost.
#include <algorithm>

#include <gtest/gtest.h>

#include "mbpf/interpreter/fusion.hpp"
#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

using interpreter::Fusion;
using interpreter::fusion_codes;
using interpreter::fusions;
using interpreter::Match;
using isa::Alu;
using isa::Slot;

static_assert(fusion_codes.size() == fusions.size());
static_assert(std::ranges::all_of(fusion_codes,
                                  [](std::uint8_t code) {
                                      return isa::shape_of(code) == isa::Shape::Invalid &&
                                             code != 0;
                                  }),
              "the codes are free ones, so that the verifier refuses them");

std::vector<std::uint8_t> accelerated_opcodes(Code const& code) {
    Sandbox const sandbox{setup_of(code)};
    EXPECT_FALSE(sandbox.refusal());
    std::vector<std::uint8_t> opcodes;
    Bytes const text = sandbox.accelerated_text();
    for (std::size_t at = 0; at < text.size(); at += slot_bytes) {
        opcodes.push_back(std::uint8_t(text[at]));
    }
    return opcodes;
}

// An instruction with this opcode that a fusion may hold.
Slot fitting(std::uint8_t opcode) {
    switch (isa::shape_of(opcode)) {
        case isa::Shape::AluImm: return isa::make_slot(opcode, 3, 0, 0, 32);
        case isa::Shape::AluReg:
        case isa::Shape::MoveReg: return isa::make_slot(opcode, 3, 4, 0, 0);
        case isa::Shape::JumpImm: return isa::make_slot(opcode, 3, 0, 0, 32);
        case isa::Shape::Call: return isa::make_slot(opcode, 0, 0, 0, 1);
        case isa::Shape::Load: return isa::make_slot(opcode, 3, 10, -8, 0);
        case isa::Shape::StoreReg: return isa::make_slot(opcode, 10, 3, -8, 0);
        default: return isa::make_slot(opcode, 0, 0, 0, 0);
    }
}

Code code_of(Fusion const& fusion) {
    Code code{fitting(fusion.first)};
    for (std::uint8_t const opcode : {fusion.second, fusion.third}) {
        code = opcode == 0 ? code : join({code, fitting(opcode)});
    }
    return code;
}

TEST(Accelerate, AppliesEveryFusionWhereItFits) {
    for (std::size_t i = 0; i < fusions.size(); ++i) {
        // An LDDW before and an exit behind are in no fusion.
        Code const code = join({lddw(r4, 0x1122'3344'5566'7788), code_of(fusions[i]), leave()});
        std::vector<std::uint8_t> const opcodes = accelerated_opcodes(code);
        std::size_t const index = interpreter::fusion_of(opcodes[2]);
        ASSERT_LT(index, fusions.size()) << i;
        EXPECT_EQ(index, i) << "a better one hides it";
        static_cast<void>(observe(code));
    }
}

TEST(Accelerate, ChangesOpcodesOnly) {
    for (Fusion const& fusion : fusions) {
        Code const code = join({code_of(fusion), leave()});
        Sandbox const sandbox{setup_of(code)};
        Bytes const before = sandbox.text();
        Bytes const after = sandbox.accelerated_text();
        for (std::size_t i = 0; i < before.size(); ++i) {
            EXPECT_TRUE(before[i] == after[i] || i == 0);
        }
    }
}

TEST(Accelerate, IsUndoneByRestore) {
    for (Fusion const& fusion : fusions) {
        for (Fusion const& next : fusions) {
            Code const code = join({code_of(fusion), code_of(next), leave()});
            Sandbox const sandbox{setup_of(code)};
            if (sandbox.refusal()) {
                continue;
            }
            std::vector<std::byte> text{sandbox.accelerated_text().begin(),
                                        sandbox.accelerated_text().end()};
            interpreter::restore(text);
            ASSERT_TRUE(std::ranges::equal(text, sandbox.text()));
            interpreter::restore(text);
            ASSERT_TRUE(std::ranges::equal(text, sandbox.text())) << "once more";
            ASSERT_EQ(observe(code).outcome.report.trap, machine::Trap::None);
        }
    }
}

TEST(Accelerate, MakesATextThatTheVerifierRefuses) {
    Sandbox const sandbox{setup_of(join({mov64(r0, r1), add64(r0, 5), leave()}))};
    program::Program program;
    program.text = isa::Text{sandbox.accelerated_text()};
    EXPECT_EQ(verifier::verify(program, {}, {}).error().fault, Fault::OpcodeUnknown);
}

bool is_unchanged(Code const& code) {
    Sandbox const sandbox{setup_of(code)};
    EXPECT_FALSE(sandbox.refusal());
    return std::ranges::equal(sandbox.text(), sandbox.accelerated_text());
}

TEST(Accelerate, LeavesSignExtendingMovesAlone) {
    for (int const bits : {8, 16, 32}) {
        EXPECT_TRUE(is_unchanged(
            join({with_offset(mov64(r0, r1), std::int16_t(bits)), add64(r0, 5), leave()})));
    }
    EXPECT_TRUE(
        is_unchanged(join({with_offset(mov32(r0, r1), 8), alu32(Alu::Add, r0, 5), leave()})));
}

TEST(Accelerate, LeavesAccessesAlone) {
    // Outside what the verifier proved.
    EXPECT_TRUE(is_unchanged(join({load(isa::Size::Word, r0, r10, 0), leave()})));
    EXPECT_TRUE(is_unchanged(join({load(isa::Size::Double, r0, r10, -4), leave()})));
    EXPECT_TRUE(is_unchanged(join({store(isa::Size::Word, r1, -8, r0), leave()})));
    EXPECT_FALSE(is_unchanged(join({load(isa::Size::Word, r0, r10, -4), leave()})));
}

TEST(Accelerate, DoesNotMakeOneOperationOfTwoThatShareTheirSource) {
    // r0 = r1, r0 += r0 is not r0 = r1 + r0.
    for (std::uint64_t const value : {std::uint64_t{21}, ~std::uint64_t{0}}) {
        EXPECT_EQ(
            result_of(join({lddw(r6, value), mov64(r0, 5), mov64(r0, r6), add64(r0, r0), leave()})),
            2 * value);
        EXPECT_EQ(result_of(join({lddw(r6, value), mov64(r0, 5), mov32(r0, r6),
                                  alu32(Alu::Add, r0, r0), leave()})),
                  std::uint32_t(2 * value));
        EXPECT_EQ(result_of(join({lddw(r6, value), mov64(r0, 5), mov64(r6, r0), add64(r6, r0),
                                  mov64(r0, r6), leave()})),
                  10u);
    }
}

TEST(Accelerate, DoesNotLookBehindTheEndOfTheText) {
    // The last instructions of a text begin many fusions; the text is a block of exactly its size.
    EXPECT_EQ(accelerated_opcodes(join({leave(), ja(-2)})).size(), 2u);
    EXPECT_EQ(accelerated_opcodes(join({leave(), mov64(r0, r1), ja(-3)})).size(), 3u);
    EXPECT_EQ(accelerated_opcodes(join({leave(), jump64(isa::Jump::Eq, r0, 0, -2), ja(-3)})).size(),
              3u);
}

TEST(Accelerate, KeepsLddwTogether) {
    // The second slot of a constant looks like an instruction of 0.
    Code const code = join({lddw(r0, 0xbf00'0000'07ff'ffff), mov64(r1, r0), lddw(r0, 7), leave()});
    std::vector<std::uint8_t> const opcodes = accelerated_opcodes(code);
    EXPECT_EQ(opcodes[1], 0);
    EXPECT_EQ(opcodes[4], 0);
    EXPECT_EQ(result_of(code), 7u);
}

}  // namespace
}  // namespace mbpf::test
