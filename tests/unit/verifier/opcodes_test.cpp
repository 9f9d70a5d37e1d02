// SPDX-License-Identifier: MIT
// Which opcodes, operations, widths and kinds there are: each refusal with the slot and the number.
#include <set>

#include <gtest/gtest.h>

#include "tests/support/opcode_registry.hpp"
#include "tests/support/print.hpp"
#include "tests/support/verify.hpp"

namespace mbpf::test {
namespace {

using isa::Alu;
using isa::make_slot;
using isa::Slot;

Code then_leave(Slot slot) { return join({slot, leave()}); }

Error refusal_in_slot_0(Fault fault, std::uint32_t found = 0, std::uint32_t allowed = 0) {
    return {fault, 0, found, allowed};
}

// As RFC 9669 and its registry have them; written down once more on purpose.
std::set<unsigned> opcodes_of_the_rfc() {
    std::set<unsigned> known{0x81, 0x89, 0x91};  // The published registry lacks these.
    for (RegistryRow const& row : opcode_registry()) {
        if (row.opcode != 0) {
            known.insert(row.opcode);
        }
    }
    return known;
}

std::set<unsigned> const legacy{0x20, 0x28, 0x30, 0x40, 0x48, 0x50};
std::set<unsigned> const ours{0xb8, 0xd8};
constexpr unsigned call_register = 0x8d;

TEST(VerifyOpcode, RefusesEveryOpcodeThatRfc9669DoesNotHave) {
    std::set<unsigned> const known = opcodes_of_the_rfc();
    int refused = 0;
    for (unsigned opcode = 0; opcode < 256; ++opcode) {
        if (known.contains(opcode) || ours.contains(opcode) || opcode == call_register) {
            continue;
        }
        ++refused;
        EXPECT_EQ(verify_error(
                      join({mov64(r0, 0), make_slot(std::uint8_t(opcode), 0, 0, 0, 0), leave()})),
                  (Error{Fault::OpcodeUnknown, 1, opcode, 0}))
            << opcode;
    }
    // The registry has 122 besides the tail of LDDW; the loads that it lacks, ours, and CALLX
    // are 6.
    EXPECT_EQ(refused, 256 - 122 - 6);
}

TEST(VerifyOpcode, RefusesAnUnknownOpcodeWhateverItsFieldsHold) {
    EXPECT_EQ(verify_error(then_leave(make_slot(0xff, 15, 15, -1, -1))),
              refusal_in_slot_0(Fault::OpcodeUnknown, 0xff));
}

TEST(VerifyOpcode, RefusesLegacyPacketAccessByName) {
    for (unsigned const opcode : legacy) {
        for (Slot const slot : {make_slot(std::uint8_t(opcode), 0, 0, 0, 0),
                                make_slot(std::uint8_t(opcode), 0, 6, 0, 12),
                                make_slot(std::uint8_t(opcode), 15, 15, -1, -1)}) {
            EXPECT_EQ(verify_error(then_leave(slot)),
                      refusal_in_slot_0(Fault::OpcodeLegacyPacket, opcode));
        }
    }
}

TEST(VerifyOpcode, RefusesACallThroughARegisterByName) {
    EXPECT_EQ(verify_error(then_leave(make_slot(0x8d, 1, 0, 0, 0))),
              refusal_in_slot_0(Fault::OpcodeCallRegister, 0x8d));
    EXPECT_EQ(verify_error(then_leave(make_slot(0x8d, 0, 0, 0, 1))),
              refusal_in_slot_0(Fault::OpcodeCallRegister, 0x8d));
    EXPECT_EQ(verify_error(then_leave(call_helper(1))), Error{});
}

TEST(VerifyOpcode, RefusesCodesThatTheInterpreterWritesItself) {
    // accelerate() uses free opcodes: a program must not be able to bring them along.
    for (unsigned const opcode : {0xffu, 0xfeu, 0xfdu, 0xe5u, 0x8fu, 0x8cu, 0xdfu}) {
        EXPECT_EQ(verify_error(then_leave(make_slot(std::uint8_t(opcode), 1, 0, 0, 0))),
                  refusal_in_slot_0(Fault::OpcodeUnknown, opcode));
    }
}

TEST(VerifyOpcode, RefusesAnOpcodeOfZeroAnywhereButBehindLddw) {
    EXPECT_EQ(verify_error(join({Slot{}, leave()})), (Error{Fault::OpcodeUnknown, 0, 0, 0}));
    EXPECT_EQ(verify_error(join({lddw(r0, 1), Slot{}, leave()})),
              (Error{Fault::OpcodeUnknown, 2, 0, 0}));
    EXPECT_EQ(verify_error(join({lddw(r0, 1), leave()})), Error{});
}

TEST(VerifyDivision, AllowsOffsets0And1AndNoOther) {
    for (Alu const operation : {Alu::Div, Alu::Mod}) {
        for (Slot const slot : {alu64(operation, r1, 3), alu64(operation, r1, r2),
                                alu32(operation, r1, 3), alu32(operation, r1, r2)}) {
            for (int offset = -0x8000; offset <= 0x7fff; ++offset) {
                Error const expected =
                    offset == 0 || offset == 1
                        ? Error{}
                        : refusal_in_slot_0(Fault::OffsetNotDivision, std::uint32_t(offset), 1);
                ASSERT_EQ(verify_error(then_leave(with_offset(slot, std::int16_t(offset)))),
                          expected);
            }
        }
    }
}

TEST(VerifyDivision, AllowsAnImmediateOfZero) {
    // RFC 9669 section 4.1 defines the result.
    EXPECT_EQ(verify_error(then_leave(alu64(Alu::Div, r1, 0))), Error{});
    EXPECT_EQ(verify_error(then_leave(with_offset(alu32(Alu::Mod, r1, 0), 1))), Error{});
}

void expect_extensions(Slot slot, std::set<int> const& allowed, std::uint32_t widest) {
    for (int offset = -0x8000; offset <= 0x7fff; ++offset) {
        Error const expected =
            allowed.contains(offset)
                ? Error{}
                : refusal_in_slot_0(Fault::OffsetNotExtension, std::uint32_t(offset), widest);
        ASSERT_EQ(verify_error(then_leave(with_offset(slot, std::int16_t(offset)))), expected);
    }
}

TEST(VerifyMove, Extends8And16BitsIn32) { expect_extensions(mov32(r1, r2), {0, 8, 16}, 16); }

TEST(VerifyMove, Extends8And16And32BitsIn64) {
    expect_extensions(mov64(r1, r2), {0, 8, 16, 32}, 32);
}

TEST(VerifyMove, ExtendsNoImmediate) {
    for (int const offset : {1, 8, 16, 32, -1}) {
        Error const expected = refusal_in_slot_0(Fault::OffsetReserved, std::uint32_t(offset));
        EXPECT_EQ(verify_error(then_leave(with_offset(mov64(r1, 2), std::int16_t(offset)))),
                  expected);
        EXPECT_EQ(verify_error(then_leave(with_offset(mov32(r1, 2), std::int16_t(offset)))),
                  expected);
    }
}

TEST(VerifyByteSwap, HasThreeWidths) {
    for (auto const swap : {little_endian, big_endian, byte_swap}) {
        for (std::int32_t const bits : {16, 32, 64}) {
            EXPECT_EQ(verify_error(then_leave(swap(r1, bits))), Error{});
        }
        for (std::int32_t const bits : {0, 1, 8, 15, 17, 24, 31, 33, 48, 63, 65, 128, 16 + 256, -16,
                                        -64, 0x10000, INT32_MIN, INT32_MAX}) {
            EXPECT_EQ(verify_error(then_leave(swap(r1, bits))),
                      refusal_in_slot_0(Fault::WidthNotSwappable, std::uint32_t(bits), 64));
        }
    }
}

TEST(VerifyAtomic, HasTheOperationsOfRfc9669) {
    std::set<int> const known{0x00, 0x01, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1};
    for (isa::Size const size : {isa::Size::Word, isa::Size::Double}) {
        for (std::int32_t operation = -0x200; operation <= 0x1ff; ++operation) {
            Error const expected =
                known.contains(operation)
                    ? Error{}
                    : refusal_in_slot_0(Fault::AtomicUnknown, std::uint32_t(operation));
            EXPECT_EQ(verify_error(then_leave(atomic(size, operation, r1, 0, r2))), expected)
                << operation;
        }
    }
}

TEST(VerifyAtomic, HasNoLoadAcquireNorStoreRelease) {
    // Linux has, since 2025; RFC 9669 has not.
    EXPECT_EQ(verify_error(then_leave(atomic(isa::Size::Double, 0x100, r1, 0, r2))),
              refusal_in_slot_0(Fault::AtomicUnknown, 0x100));
    EXPECT_EQ(verify_error(then_leave(atomic(isa::Size::Word, 0x110, r1, 0, r2))),
              refusal_in_slot_0(Fault::AtomicUnknown, 0x110));
}

TEST(VerifyAtomic, HasNoBytesAndNoHalfWords) {
    EXPECT_EQ(verify_error(then_leave(atomic(isa::Size::Byte, 0, r1, 0, r2))),
              refusal_in_slot_0(Fault::OpcodeUnknown, 0xd3));
    EXPECT_EQ(verify_error(then_leave(atomic(isa::Size::Half, 0, r1, 0, r2))),
              refusal_in_slot_0(Fault::OpcodeUnknown, 0xcb));
}

TEST(VerifyLoad, SignExtendsNoDoubleWords) {
    EXPECT_EQ(verify_error(then_leave(load_signed(isa::Size::Double, r1, r10, -8))),
              refusal_in_slot_0(Fault::OpcodeUnknown, 0x99));
    EXPECT_EQ(verify_error(then_leave(load_signed(isa::Size::Word, r1, r10, -8))), Error{});
}

}  // namespace
}  // namespace mbpf::test
