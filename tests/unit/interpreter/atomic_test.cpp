// SPDX-License-Identifier: MIT
// Atomic operations of both widths on pairs of edge numbers: memory, the register that fetches, and
// r0 of the comparison (RFC 9669 section 5.3).
#include <array>
#include <cstring>

#include <gtest/gtest.h>

#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

using isa::Size;

constexpr std::array<std::uint64_t, 13> numbers{
    0,
    1,
    2,
    0x7fff'ffff,
    0x8000'0000,
    0xffff'ffff,
    0x1'0000'0000,
    0x1'0000'0001,
    0x1234'5678'9abc'def0,
    0x7fff'ffff'ffff'ffff,
    0x8000'0000'0000'0000,
    0xffff'ffff'0000'0000,
    0xffff'ffff'ffff'ffff,
};

constexpr std::array<std::int32_t, 10> operations{0x00, 0x01, 0x40, 0x41, 0x50,
                                                  0x51, 0xa0, 0xa1, 0xe1, 0xf1};

struct Effect {
    std::uint64_t memory;
    std::uint64_t source;
    std::uint64_t r0;
};

// What RFC 9669 says of an operation on `memory` with r0 and the source register.
Effect expected(Size size, std::int32_t operation, Effect const& before) {
    bool const is_wide = size == Size::Double;
    std::uint64_t const mask = is_wide ? ~std::uint64_t{0} : 0xffff'ffff;
    std::uint64_t const old = before.memory & mask;
    std::uint64_t const operand = before.source & mask;
    std::uint64_t result = 0;
    switch (operation & 0xf0) {
        case 0x00: result = old + operand; break;
        case 0x40: result = old | operand; break;
        case 0x50: result = old & operand; break;
        case 0xa0: result = old ^ operand; break;
        case 0xe0: result = operand; break;
        default: result = old == (before.r0 & mask) ? operand : old; break;
    }
    Effect after = before;
    after.memory = (before.memory & ~mask) | (result & mask);
    if (operation == 0xf1) {
        after.r0 = old;
    } else if ((operation & 1) != 0) {
        after.source = old;
    }
    return after;
}

// The program notes r0 and the source behind the memory that it works on.
Observation run(Size size, std::int32_t operation, Effect const& before) {
    test::Setup setup = setup_of(
        join({lddw(r0, before.r0), lddw(r7, before.source), atomic(size, operation, r1, 0, r7),
              store(Size::Double, r1, 8, r7), store(Size::Double, r1, 16, r0), leave()}));
    setup.context.resize(24);
    std::memcpy(setup.context.data(), &before.memory, 8);
    return observe(setup);
}

void expect_effects(Size size, std::int32_t operation) {
    for (std::uint64_t const memory : numbers) {
        for (std::uint64_t const source : numbers) {
            for (std::uint64_t const r0_before : {memory, source, memory & 0xffff'ffff}) {
                Effect const before{memory, source, r0_before};
                Effect const after = expected(size, operation, before);
                std::vector<std::byte> context(24);
                std::memcpy(context.data(), &after.memory, 8);
                std::memcpy(context.data() + 8, &after.source, 8);
                std::memcpy(context.data() + 16, &after.r0, 8);
                ASSERT_EQ(run(size, operation, before).context, context)
                    << std::hex << operation << ' ' << memory << ' ' << source << ' ' << r0_before;
            }
        }
    }
}

class AtomicOperation : public testing::TestWithParam<std::int32_t> {};

TEST_P(AtomicOperation, Of32Bits) { expect_effects(Size::Word, GetParam()); }
TEST_P(AtomicOperation, Of64Bits) { expect_effects(Size::Double, GetParam()); }

TEST_P(AtomicOperation, MayUseTheAddressAsOperand) {
    for (Size const size : {Size::Word, Size::Double}) {
        test::Setup setup = setup_of(
            join({mov64(r6, r1), atomic(size, GetParam(), r6, 0, r6), mov64(r0, 0), leave()}));
        setup.context = counting_bytes(8);
        EXPECT_EQ(observe(setup).outcome.report.trap, machine::Trap::None);
    }
}

TEST_P(AtomicOperation, MayUseR0AsOperand) {
    for (Size const size : {Size::Word, Size::Double}) {
        for (std::uint64_t const value : numbers) {
            test::Setup setup =
                setup_of(join({lddw(r0, value), atomic(size, GetParam(), r1, 0, r0), leave()}));
            setup.context.resize(8);
            std::memcpy(setup.context.data(), &value, 8);
            EXPECT_EQ(observe(setup).outcome.report.trap, machine::Trap::None);
        }
    }
}

TEST_P(AtomicOperation, WorksAtEveryAlignment) {
    for (Size const size : {Size::Word, Size::Double}) {
        for (std::int16_t offset = 0; offset < 8; ++offset) {
            test::Setup setup =
                setup_of(join({lddw(r7, 0x1122'3344'5566'7788),
                               atomic(size, GetParam(), r1, offset, r7), mov64(r0, r7), leave()}));
            setup.context = counting_bytes(16);
            EXPECT_EQ(observe(setup).outcome.report.trap, machine::Trap::None);
        }
    }
}

TEST_P(AtomicOperation, WorksOnTheStack) {
    for (Size const size : {Size::Word, Size::Double}) {
        Code const code =
            join({store(Size::Double, r10, -8, 41), mov64(r7, 1), mov64(r0, 41),
                  atomic(size, GetParam(), r10, -8, r7), load(Size::Double, r0, r10, -8), leave()});
        EXPECT_EQ(result_of(code), expected(size, GetParam(), {41, 1, 41}).memory);
    }
}

TEST_P(AtomicOperation, TrapsOnReadOnlyMemory) {
    for (Size const size : {Size::Word, Size::Double}) {
        test::Setup setup =
            setup_of(join({lddw_rodata(r6, 0), atomic(size, GetParam(), r6, 0, r7), leave()}));
        setup.rodata = counting_bytes(16);
        machine::TrapReport const report = report_of(setup);
        EXPECT_EQ(report.trap, machine::Trap::StoreOutside);
        EXPECT_EQ(report.bytes, size == Size::Word ? 4 : 8);
        EXPECT_EQ(report.pc, Pc{2});
    }
}

INSTANTIATE_TEST_SUITE_P(Every, AtomicOperation, testing::ValuesIn(operations));

}  // namespace
}  // namespace mbpf::test
