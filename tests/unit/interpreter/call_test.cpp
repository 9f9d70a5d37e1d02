// SPDX-License-Identifier: MIT
// Local calls: what is saved, where frames lie, how deep calls may go; and how a program starts.
#include <gtest/gtest.h>

#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

using isa::Alu;
using isa::Jump;
using isa::Size;
using machine::Trap;
using machine::TrapReport;

TEST(Start, GivesTheContextAndItsLength) {
    test::Setup setup = setup_of(join({mov64(r0, r2), leave()}));
    setup.context = counting_bytes(13);
    EXPECT_EQ(result_of(setup), 13u);
    setup.context.clear();
    EXPECT_EQ(result_of(setup), 0u);
    setup.context = counting_bytes(1);
    setup.text = bytes_of(join({load(Size::Byte, r0, r1, 0), leave()}));
    EXPECT_EQ(result_of(setup), std::uint64_t(setup.context[0]));
}

TEST(Start, ClearsAllOtherRegisters) {
    for (Register const reg : {r0, r3, r4, r5, r6, r7, r8, r9}) {
        EXPECT_EQ(result_of(join({mov64(r0, reg), leave()})), 0u);
    }
}

TEST(Start, PutsR10BehindTheStackAtTheData) {
    test::Setup setup =
        setup_of(join({mov64(r0, r10), lddw_data(r1, 0), alu64(Alu::Sub, r0, r1), leave()}));
    setup.data = counting_bytes(8);
    EXPECT_EQ(result_of(setup), 0u);
}

TEST(Start, IsWhereTheEntryIs) {
    test::Setup setup = setup_of(join({mov64(r0, 1), leave(), mov64(r0, 2), leave()}));
    setup.entry_slot = 2;
    EXPECT_EQ(result_of(setup), 2u);
}

TEST(LocalCall, PassesR1ToR5AndReturnsR0) {
    Code const code =
        join({mov64(r1, 1), mov64(r2, 2), mov64(r3, 3), mov64(r4, 4), mov64(r5, 5), call_local(1),
              leave(), mov64(r0, r1), alu64(Alu::Mul, r0, 10), add64(r0, r2),
              alu64(Alu::Mul, r0, 10), add64(r0, r3), alu64(Alu::Mul, r0, 10), add64(r0, r4),
              alu64(Alu::Mul, r0, 10), add64(r0, r5), leave()});
    EXPECT_EQ(result_of(code), 12'345u);
}

TEST(LocalCall, BringsR6ToR9Back) {
    Code const code =
        join({lddw(r6, 0x6666'6666'6666'6666), lddw(r7, 0x7777'7777'7777'7777),
              lddw(r8, 0x8888'8888'8888'8888), lddw(r9, 0x9999'9999'9999'9999), call_local(7),
              mov64(r0, r6), alu64(Alu::Xor, r0, r7), alu64(Alu::Xor, r0, r8),
              alu64(Alu::Xor, r0, r9), add64(r0, 1), leave(), leave(), mov64(r6, 1), mov64(r7, 2),
              mov64(r8, 3), mov64(r9, 4), leave()});
    EXPECT_EQ(result_of(code), (0x6666'6666'6666'6666 ^ 0x7777'7777'7777'7777 ^
                                0x8888'8888'8888'8888 ^ 0x9999'9999'9999'9999) +
                                   1);
}

TEST(LocalCall, KeepsR1ToR5AsTheCalleeLeftThem) {
    EXPECT_EQ(result_of(join(
                  {mov64(r1, 1), call_local(2), mov64(r0, r1), leave(), mov64(r1, 7), leave()})),
              7u);
}

TEST(LocalCall, GivesTheCalleeAFrameOfItsOwn) {
    // Both write [r10 - 8]; the caller still finds its own number.
    Code const code =
        join({store(Size::Double, r10, -8, 11), call_local(2), load(Size::Double, r0, r10, -8),
              leave(), store(Size::Double, r10, -8, 22), leave()});
    EXPECT_EQ(result_of(code), 11u);
}

TEST(LocalCall, MovesR10ByTheFrameAndBack) {
    Code const code = join({store(Size::Byte, r10, -40, 0), mov64(r6, r10), mov64(r1, r10),
                            call_local(4), mov64(r7, r10), alu64(Alu::Sub, r7, r6), add64(r0, r7),
                            leave(), mov64(r0, r1), alu64(Alu::Sub, r0, r10), leave()});
    // r10 is copied in ways that the verifier does not follow: the frame is full.
    EXPECT_EQ(result_of(code), 512u);
}

TEST(LocalCall, MayBePassedAPointerIntoTheCallersFrame) {
    Code const code =
        join({store(Size::Double, r10, -8, 5), mov64(r1, r10), add64(r1, -8), call_local(2),
              load(Size::Double, r0, r10, -8), leave(), load(Size::Double, r2, r1, 0),
              add64(r2, 37), store(Size::Double, r1, 0, r2), leave()});
    EXPECT_EQ(result_of(code), 42u);
}

TEST(LocalCall, ReturnsToWhereItCameFrom) {
    Code const code =
        join({mov64(r1, 1), call_local(6), mov64(r6, r0), mov64(r1, 10), call_local(3),
              add64(r0, r6), leave(), leave(), mov64(r0, r1), alu64(Alu::Mul, r0, 3), leave()});
    EXPECT_EQ(result_of(code), 33u);
}

TEST(LocalCall, GoesBackwards) {
    EXPECT_EQ(result_of(join({call_local(3), leave(), mov64(r0, 9), leave(), call_local(-3),
                              add64(r0, 1), leave()})),
              10u);
}

// fib(r1) by recursion: needs r6, r7 and a call in a call.
Code fibonacci(std::int32_t n) {
    return join({mov64(r1, n), call_local(1), leave(),                                     // 0
                 mov64(r0, r1), jump64(Jump::Le, r1, 1, 7), mov64(r6, r1), add64(r1, -1),  // 3
                 call_local(-5), mov64(r7, r0), mov64(r1, r6), add64(r1, -2),
                 call_local(-9),  // 11
                 jump64(Jump::Le, r6, 1, 1), add64(r0, r7), leave()});
}

Setup recursive(Code const& code, std::uint8_t depth) {
    test::Setup setup = setup_of(code);
    setup.policy.recursion = verifier::Recursion::Allowed;
    setup.policy.max_call_depth = depth;
    return setup;
}

TEST(Recursion, WorksUpToTheDepth) {
    EXPECT_EQ(report_of(recursive(fibonacci(6), 8)).trap, Trap::None);
    EXPECT_EQ(report_of(recursive(fibonacci(1), 2)).trap, Trap::None);
}

TEST(Recursion, TrapsAtTheCallThatIsTooDeep) {
    // 0: call 2; 1: leave; 2: r0 += 1; 3: call 2; 4: leave
    Code const code = join({call_local(1), leave(), add64(r0, 1), call_local(-2), leave()});
    for (std::uint8_t depth = 1; depth <= 8; ++depth) {
        Observation const seen = observe(recursive(code, depth));
        std::uint32_t const slot = depth == 1 ? 0 : 3;
        EXPECT_EQ(seen.outcome.report, (TrapReport{Trap::CallTooDeep, 0, Pc{slot}, 0}));
        EXPECT_EQ(seen.outcome.instructions, 1u + 2u * (depth - 1u));
    }
}

TEST(Recursion, MayComeBackFromTheLastFrame) {
    // Calls itself with r1 less one, and adds up on the way back what [r10 - 8] held.
    test::Setup setup =
        recursive(join({mov64(r1, 6), call_local(1), leave(), store(Size::Double, r10, -8, r1),
                        mov64(r0, 0), jump64(Jump::Eq, r1, 0, 2), add64(r1, -1), call_local(-5),
                        load(Size::Double, r2, r10, -8), add64(r0, r2), leave()}),
                  8);
    EXPECT_EQ(result_of(setup), 21u);
    setup.policy.max_call_depth = 7;
    EXPECT_EQ(report_of(setup).trap, Trap::CallTooDeep);
}

TEST(Recursion, CannotOverwriteSavedFrames) {
    // The deepest function writes below its own frame: that is outside, not a return address.
    for (std::int32_t below = 512; below <= 4096; below += 512) {
        Code const code = join({call_local(1), leave(), mov64(r3, r10), alu64(Alu::Sub, r3, below),
                                store(Size::Double, r3, -8, -1), leave()});
        EXPECT_EQ(report_of(setup_of(code)).trap, Trap::StoreOutside) << below;
    }
}

TEST(Recursion, CannotReadSavedFrames) {
    constexpr std::int32_t frames = 2 * 16;
    for (std::int32_t below = 8; below <= 400; below += 8) {
        Code const code =
            join({store(Size::Double, r10, -8, 1), call_local(1), leave(), lddw_data(r3, 0),
                  add64(r3, -frames - below), load(Size::Double, r0, r3, 0), leave()});
        test::Setup setup = setup_of(code);
        setup.bss_bytes = 8;
        EXPECT_EQ(report_of(setup).trap, Trap::LoadOutside) << below;
    }
}

}  // namespace
}  // namespace mbpf::test
