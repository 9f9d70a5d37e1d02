// SPDX-License-Identifier: MIT
// Helpers as programs call them: results, and what is refused of each kind of argument.
#include <gtest/gtest.h>

#include "tests/support/test_helpers.hpp"
#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

using isa::Size;
using machine::Permission;
using machine::Trap;
using machine::TrapReport;

isa::Slot call(TestHelper helper) { return call_helper(std::int32_t(helper)); }

// Data of 16 bytes, rodata "abcdefg" with its NUL, a context of 16 bytes.
test::Setup surroundings(Code const& code) {
    test::Setup setup = setup_of(join({code, leave()}));
    setup.data = counting_bytes(16);
    for (char const c : {'a', 'b', 'c', 'd', 'e', 'f', 'g', '\0'}) {
        setup.rodata.push_back(std::byte(c));
    }
    setup.context = counting_bytes(16);
    return setup;
}

// The run traps at the call in slot `slot`, over register `argument`.
void expect_refused(test::Setup const& setup, std::uint32_t slot, std::uint8_t argument) {
    Observation const seen = observe(setup);
    EXPECT_EQ(seen.outcome.report.trap, Trap::HelperArgument) << describe(seen);
    EXPECT_EQ(seen.outcome.report.pc, Pc{slot});
    EXPECT_EQ(seen.outcome.report.bytes, argument);
    std::uint8_t const first = std::uint8_t(setup.text[0]);
    bool const starts_wide = isa::is_wide(isa::shape_of(first));  // Two slots, one instruction.
    EXPECT_EQ(seen.outcome.instructions, slot + (starts_wide ? 0 : 1));
}

TEST(Helper, GetsTheLowWordsOfFiveArguments) {
    Code const code = join({lddw(r1, 0x1'0000'0001), lddw(r2, 0x2'0000'0002), lddw(r3, 3),
                            lddw(r4, 0xffff'ffff'ffff'ffff), lddw(r5, 5), call(TestHelper::Mix)});
    EXPECT_EQ(result_of(surroundings(code)), std::uint32_t(1 + 6 + 15 - 7 + 55));
}

TEST(Helper, GetsAll64BitsWhereItWantsThem) {
    Code const code = join({lddw(r1, 0x1'0000'0001), mov64(r2, 3), call(TestHelper::Multiply)});
    EXPECT_EQ(result_of(surroundings(code)), 0x3'0000'0003u);
}

TEST(Helper, HasItsSignedResultExtendedTo32Bits) {
    for (std::int32_t const value : {0, 1, 127, 128, 255, 256, -1, -128, -129}) {
        EXPECT_EQ(result_of(surroundings(join({mov64(r1, value), call(TestHelper::Narrow)}))),
                  std::uint32_t(std::int32_t{std::int8_t(value)}));
    }
}

TEST(Helper, LeavesR1ToR9AsTheyAre) {
    // Not promised by RFC 9669 for r1 to r5, but what all ways of running do alike.
    for (Register const reg : {r1, r2, r3, r4, r5, r6, r7, r8, r9}) {
        EXPECT_EQ(result_of(surroundings(join(
                      {lddw(reg, 0x1122'3344'5566'7788), call(TestHelper::Mix), mov64(r0, reg)}))),
                  0x1122'3344'5566'7788u);
    }
}

TEST(Helper, WritesThroughAPointer) {
    Code const code = join({mov64(r6, r1), mov64(r2, r1), add64(r2, 12), mov64(r1, 4),
                            call(TestHelper::Fetch), load(Size::Word, r7, r6, 12),
                            alu64(isa::Alu::Lsh, r0, 32), alu64(isa::Alu::Or, r0, r7)});
    EXPECT_EQ(result_of(surroundings(code)), std::uint32_t(4 * 2654435761u));
    Code const odd = join({mov64(r2, r1), mov64(r1, 5), call(TestHelper::Fetch)});
    EXPECT_EQ(result_of(surroundings(odd)), 0xffff'ffffu);
}

TEST(Helper, MayNotWriteOutsideTheContext) {
    for (std::int32_t const offset : {-1, 13, 14, 15, 16, 17, 1000}) {
        expect_refused(
            surroundings(join({mov64(r2, r1), add64(r2, offset), call(TestHelper::Fetch)})), 2, 2);
    }
}

TEST(Helper, MayNotWriteWhereTheProgramMayNot) {
    test::Setup setup = surroundings(join({mov64(r2, r1), call(TestHelper::Fetch)}));
    setup.context_permission = Permission::Read;
    expect_refused(setup, 1, 2);
    // Rodata, though a load has just moved a window there.
    expect_refused(surroundings(join({lddw_rodata(r2, 0), load(Size::Double, r3, r2, 0),
                                      call(TestHelper::Fetch)})),
                   3, 2);
    expect_refused(surroundings(join({mov64(r2, 0), call(TestHelper::Fetch)})), 1, 2);
    expect_refused(surroundings(join({mov64(r2, -4), call(TestHelper::Fetch)})), 1, 2);
}

TEST(Helper, MayWriteToTheStackOfTheProgram) {
    Code const code = join({mov64(r2, r10), add64(r2, -4), mov64(r1, 2), call(TestHelper::Fetch),
                            load(Size::Word, r0, r10, -4)});
    EXPECT_EQ(result_of(surroundings(code)), std::uint32_t(2 * 2654435761u));
    // The frame has 8 bytes.
    expect_refused(surroundings(join({lddw_data(r2, 0), add64(r2, -12),
                                      store(Size::Double, r10, -8, 1), call(TestHelper::Fetch)})),
                   4, 2);
}

TEST(Helper, IsCheckedWhateverWindowTheLastStoreLeft) {
    // The last store went to data; the helper writes to the context, then outside.
    Code const code =
        join({lddw_data(r7, 0), store(Size::Double, r7, 8, 1), mov64(r5, r1), add64(r5, 8),
              mov64(r4, 0xab), call(TestHelper::FillLast), store(Size::Double, r7, 8, 2),
              add64(r5, 1), call(TestHelper::FillLast)});
    Observation const seen = observe(surroundings(code));
    EXPECT_EQ(seen.outcome.report.trap, Trap::HelperArgument);
    EXPECT_EQ(seen.outcome.report.pc, Pc{9});
    EXPECT_EQ(seen.outcome.report.bytes, 5);
    EXPECT_EQ(seen.context[15], std::byte{0xab});
    EXPECT_EQ(seen.context[7], counting_bytes(8)[7]);
}

TEST(Helper, ReadsText) {
    for (std::int32_t offset = 0; offset < 8; ++offset) {
        EXPECT_EQ(result_of(surroundings(
                      join({lddw_rodata(r1, std::uint64_t(offset)), call(TestHelper::TextSize)}))),
                  std::uint64_t(7 - offset));
    }
}

TEST(Helper, MayNotReadTextThatDoesNotEnd) {
    test::Setup setup = surroundings(join({lddw_rodata(r1, 0), call(TestHelper::TextSize)}));
    setup.rodata.back() = std::byte{'h'};
    expect_refused(setup, 2, 1);
    setup.rodata[3] = std::byte{0};
    EXPECT_EQ(result_of(setup), 3u);
    setup.text = bytes_of(join({lddw_rodata(r1, 4), call(TestHelper::TextSize), leave()}));
    expect_refused(setup, 2, 1);
}

TEST(Helper, MayNotReadTextFromNowhere) {
    expect_refused(surroundings(join({lddw_rodata(r1, 8), call(TestHelper::TextSize)})), 2, 1);
    expect_refused(surroundings(join({mov64(r1, 0), call(TestHelper::TextSize)})), 1, 1);
    expect_refused(surroundings(join({mov64(r1, -1), call(TestHelper::TextSize)})), 1, 1);
    expect_refused(surroundings(join(
                       {mov32(r1, r1), alu64(isa::Alu::Lsh, r1, 32), call(TestHelper::TextSize)})),
                   2, 1);
}

TEST(Helper, ReadsTextOfSmallRegions) {
    for (std::size_t bytes = 1; bytes <= 9; ++bytes) {
        test::Setup setup = surroundings(call(TestHelper::TextSize));
        setup.context.assign(bytes, std::byte{'x'});
        expect_refused(setup, 0, 1);
        setup.context.back() = std::byte{0};
        EXPECT_EQ(result_of(setup), bytes - 1);
    }
}

// Copies `bytes` from rodata + `from` to the context + `to`; the call is in slot 5.
test::Setup copy(std::int32_t to, std::uint64_t from, std::int32_t bytes) {
    return surroundings(
        join({lddw_rodata(r2, from), add64(r1, to), mov64(r3, bytes), call(TestHelper::Copy)}));
}

TEST(Helper, CopiesBetweenSizedPointers) {
    Observation const seen = observe(copy(3, 1, 7));
    EXPECT_EQ(seen.outcome.result, 7u);
    EXPECT_EQ(seen.context[3], std::byte{'b'});
    EXPECT_EQ(seen.context[9], std::byte{0});
    EXPECT_EQ(seen.context[10], counting_bytes(16)[10]);
    EXPECT_EQ(result_of(copy(8, 0, 8)), 8u);
}

TEST(Helper, MayNotCopyTooMuch) {
    expect_refused(copy(9, 0, 8), 4, 1);
    expect_refused(copy(-1, 0, 1), 4, 1);
    expect_refused(copy(0, 0, 9), 4, 2);
    expect_refused(copy(0, 1, 8), 4, 2);
    expect_refused(copy(0, 8, 1), 4, 2);
    expect_refused(copy(0, 0, -1), 4, 1);
    expect_refused(copy(0, 0, INT32_MIN), 4, 1);
}

TEST(Helper, MayCopyNothingFromAnywhere) {
    EXPECT_EQ(result_of(surroundings(
                  join({mov64(r1, 0), mov64(r2, -1), mov64(r3, 0), call(TestHelper::Copy)}))),
              0u);
    // 32 bits of a size count.
    EXPECT_EQ(result_of(surroundings(
                  join({lddw(r3, 0x1'0000'0000), mov64(r2, 5), call(TestHelper::Copy)}))),
              0u);
    EXPECT_EQ(result_of(surroundings(join(
                  {lddw_rodata(r2, 0), lddw(r3, 0xffff'ffff'0000'0002), call(TestHelper::Copy)}))),
              2u);
}

TEST(Helper, ReadsAFixedNumberOfBytes) {
    unsigned sum = 0;
    for (char const c : {'a', 'b', 'c', 'd', 'e', 'f', 'g'}) {
        sum += unsigned(c);
    }
    EXPECT_EQ(result_of(surroundings(join({lddw_rodata(r1, 0), call(TestHelper::Sum)}))),
              sum & 0xff);
    expect_refused(surroundings(join({lddw_rodata(r1, 1), call(TestHelper::Sum)})), 2, 1);
    expect_refused(surroundings(join({add64(r1, 9), call(TestHelper::Sum)})), 1, 1);
}

TEST(Helper, MayGiveUp) {
    EXPECT_EQ(result_of(surroundings(join({mov64(r1, 2), call(TestHelper::FailIfOdd)}))), 0u);
    Observation const seen =
        observe(surroundings(join({mov64(r0, 9), mov64(r1, 3), call(TestHelper::FailIfOdd)})));
    EXPECT_EQ(seen.outcome.report, (TrapReport{Trap::HelperFailed, 0, Pc{2}, 0}));
    EXPECT_EQ(seen.outcome.instructions, 3u);
}

TEST(Helper, ThatGaveUpDoesNotSpoilTheNextRun) {
    Sandbox sandbox{surroundings(join({load(Size::Byte, r1, r1, 0), call(TestHelper::FailIfOdd)}))};
    ASSERT_FALSE(sandbox.refusal());
    auto const run_with = [&](std::byte first) {
        *pointer_to(sandbox.instance().context().base) = first;
        return interpreter::run(sandbox.verified(), sandbox.instance(), Pc{0}, Budget{10})
            .report.trap;
    };
    EXPECT_EQ(run_with(std::byte{3}), Trap::HelperFailed);
    EXPECT_EQ(run_with(std::byte{2}), Trap::None);
    EXPECT_EQ(run_with(std::byte{1}), Trap::HelperFailed);
}

TEST(Helper, IsOftenCalledInALoop) {
    Code const code =
        join({mov64(r6, r1), mov64(r7, 0), mov64(r8, 300), mov64(r1, r8), mov64(r2, r6),
              call(TestHelper::Fetch), load(Size::Word, r3, r6, 0), add64(r7, r3),
              lddw_rodata(r1, 2), call(TestHelper::TextSize), add64(r7, r0), add64(r8, -1),
              jump64(isa::Jump::Ne, r8, 0, -11), mov64(r0, r7)});
    static_cast<void>(result_of(surroundings(code)));
}

}  // namespace
}  // namespace mbpf::test
