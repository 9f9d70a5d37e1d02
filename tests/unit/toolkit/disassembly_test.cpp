// SPDX-License-Identifier: MIT
// Text of instructions, and the names that jumps and calls go by.
#include "toolkit/isa/disassembly.hpp"

#include <gtest/gtest.h>

#include "tests/support/assembler.hpp"
#include "toolkit/isa/helper_calls.hpp"

namespace mbpf::test {
namespace {

namespace disassembly = toolkit::disassembly;

std::string text_of(Code const& code) {
    std::vector<std::byte> const bytes = bytes_of(code);
    return disassembly::instruction_text(isa::Text{bytes}, Pc{0});
}

struct Sample {
    Code code;
    std::string_view text;
};

class Instruction : public testing::TestWithParam<Sample> {};

TEST_P(Instruction, ReadsAsLlvmWritesIt) { EXPECT_EQ(text_of(GetParam().code), GetParam().text); }

using isa::Alu;
using isa::Jump;
using isa::Size;

INSTANTIATE_TEST_SUITE_P(
    Arithmetic, Instruction,
    testing::Values(Sample{mov64(r0, -1), "r0 = -1"}, Sample{mov32(r1, r2), "w1 = w2"},
                    Sample{add64(r10, -8), "r10 += -8"}, Sample{neg32(r3), "w3 = -w3"},
                    Sample{with_offset(alu64(Alu::Div, r4, r5), 1), "r4 s/= r5"},
                    Sample{with_offset(mov64(r1, r2), 32), "r1 = (s32)r2"},
                    Sample{alu32(Alu::Arsh, r6, 3), "w6 s>>= 3"},
                    Sample{big_endian(r1, 16), "r1 = be16 r1"},
                    Sample{byte_swap(r1, 64), "r1 = bswap64 r1"},
                    Sample{lddw(r1, 0x1'0000'0000), "r1 = 4294967296 ll"},
                    Sample{lddw_data(r1, 8), "r1 = data + 8 ll"},
                    Sample{lddw_rodata(r2, 0), "r2 = rodata + 0 ll"}));

INSTANTIATE_TEST_SUITE_P(
    Memory, Instruction,
    testing::Values(
        Sample{load(Size::Word, r0, r1, -4), "r0 = *(u32 *)(r1 - 4)"},
        Sample{load_signed(Size::Byte, r0, r1, 2), "r0 = *(s8 *)(r1 + 2)"},
        Sample{store(Size::Double, r10, -8, r2), "*(u64 *)(r10 - 8) = r2"},
        Sample{store(Size::Half, r1, 0, 7), "*(u16 *)(r1 + 0) = 7"},
        Sample{atomic(Size::Double, 0x00, r1, 0, r2), "lock *(u64 *)(r1 + 0) += r2"},
        Sample{atomic(Size::Word, 0x01, r1, 4, r2), "w2 = atomic_fetch_add((u32 *)(r1 + 4), w2)"},
        Sample{atomic(Size::Double, 0xf1, r1, 0, r2), "r0 = cmpxchg_64(r1 + 0, r0, r2)"}));

INSTANTIATE_TEST_SUITE_P(
    Jumps, Instruction,
    testing::Values(Sample{ja(-1), "goto -1"}, Sample{ja32(70000), "gotol +70000"},
                    Sample{jump64(Jump::Slt, r1, -3, 2), "if r1 s< -3 goto +2"},
                    Sample{jump32(Jump::Set, r1, r2, 2), "if w1 & w2 goto +2"},
                    Sample{call_local(3), "call +3"}, Sample{call_helper(1), "call printf#1"},
                    Sample{call_helper(200), "call helper#200"}, Sample{leave(), "exit"}));

TEST(Disassembly, EveryOpcodeHasAText) {
    for (unsigned opcode = 0; opcode < 256; ++opcode) {
        EXPECT_FALSE(text_of(isa::make_slot(std::uint8_t(opcode), 15, 15, -1, -1)).empty())
            << opcode;
    }
}

TEST(Disassembly, SaysWhatIsNoInstruction) {
    EXPECT_EQ(text_of(isa::make_slot(0xff, 0, 0, 0, 1)),
              ".slot 0x00000001000000ff  ; unknown opcode");
    EXPECT_EQ(text_of(isa::make_slot(0x18, 0, 0, 0, 0)),
              ".slot 0x0000000000000018  ; lddw without its second slot");
}

TEST(Disassembly, NamesWhereJumpsAndCallsGo) {
    std::vector<std::byte> const bytes =
        bytes_of(join({call_local(2), ja(0), leave(), mov64(r0, 1), leave()}));
    isa::Text const text{bytes};
    std::vector<std::string> const labels =
        disassembly::make_labels(text, {{0, "start"}, {3, "one"}});
    EXPECT_EQ(labels, (std::vector<std::string>{"start", "", "L1", "one", ""}));
    EXPECT_EQ(disassembly::instruction_text(text, Pc{0}, labels), "call +2 <one>");
    EXPECT_EQ(disassembly::instruction_text(text, Pc{1}, labels), "goto +0 <L1>");
}

TEST(Disassembly, TargetsOutsideTheTextHaveNoName) {
    std::vector<std::byte> const bytes = bytes_of(join({ja(-2), ja(5), leave()}));
    isa::Text const text{bytes};
    EXPECT_FALSE(disassembly::target_of(text, Pc{0}).has_value());
    EXPECT_FALSE(disassembly::target_of(text, Pc{1}).has_value());
    EXPECT_FALSE(disassembly::target_of(text, Pc{2}).has_value());
}

TEST(HelperCalls, AreFoundOnceEachAndNotInsideLddw) {
    // The second half of this LDDW looks like no call, whatever its immediate is.
    std::vector<std::byte> const bytes = bytes_of(
        join({call_helper(9), lddw(r1, 0x85'0000'0085), call_helper(1), call_helper(9), leave()}));
    isa::Text const text{bytes};
    EXPECT_EQ(toolkit::helper_calls::called_helpers(text), (std::vector<HelperId>{{1}, {9}}));
    EXPECT_EQ(toolkit::helper_calls::find_calls(text).size(), 3u);
    EXPECT_EQ(toolkit::helper_calls::find_calls(text)[1].pc, Pc{3});
}

}  // namespace
}  // namespace mbpf::test
