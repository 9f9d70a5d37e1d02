// SPDX-License-Identifier: MIT
// LDDW and the two loads of section addresses: instructions of two slots.
#include <array>

#include <gtest/gtest.h>

#include "tests/support/print.hpp"
#include "tests/support/verify.hpp"

namespace mbpf::test {
namespace {

using isa::make_slot;
using isa::Slot;

constexpr std::array<std::uint8_t, 3> wide_opcodes{0x18, 0xb8, 0xd8};

// With sections of these sizes.
Error error_with_sections(Code const& code, std::size_t data, std::uint32_t bss,
                          std::size_t rodata) {
    std::vector<std::byte> const text = bytes_of(code);
    std::vector<std::byte> const data_bytes(data);
    std::vector<std::byte> const rodata_bytes(rodata);
    program::Program program;
    program.text = isa::Text{text};
    program.data = data_bytes;
    program.rodata = rodata_bytes;
    program.bss_bytes = bss;
    return verify_error(program, generous_policy());
}

TEST(VerifyWide, RefusesOneWithoutItsSecondSlot) {
    for (std::uint8_t const opcode : wide_opcodes) {
        Slot const first = make_slot(opcode, 0, 0, 0, 1);
        EXPECT_EQ(error_with_sections(first, 8, 0, 8),
                  (Error{Fault::WideIncomplete, 0, opcode, 0}));
        EXPECT_EQ(error_with_sections(join({leave(), first}), 8, 0, 8),
                  (Error{Fault::WideIncomplete, 1, opcode, 0}));
        EXPECT_EQ(error_with_sections(join({first, Slot{}, leave()}), 8, 0, 8), Error{});
    }
}

TEST(VerifyWide, RefusesOneThatReachesIntoTheNextFunction) {
    // The function behind it starts with an instruction, so that is not its second slot.
    EXPECT_EQ(verify_error(join(
                  {call_local(2), leave(), make_slot(0x18, 0, 0, 0, 0), mov64(r0, 0), leave()})),
              (Error{Fault::WideIncomplete, 2, 0x18, 0}));
}

TEST(VerifyWide, RefusesASecondSlotWithMoreThanANumber) {
    struct Case {
        Slot tail;
        std::uint32_t low;
    };
    for (Case const& bad :
         {Case{make_slot(0x95, 0, 0, 0, 0), 0x95}, Case{make_slot(0, 1, 0, 0, 0), 0x100},
          Case{make_slot(0, 0, 1, 0, 0), 0x1000}, Case{make_slot(0, 0, 0, 1, 0), 0x1'0000},
          Case{make_slot(0, 0, 0, -1, 5), 0xffff'0000}}) {
        for (std::uint8_t const opcode : wide_opcodes) {
            EXPECT_EQ(error_with_sections(
                          join({mov64(r0, 0), make_slot(opcode, 0, 0, 0, 0), bad.tail, leave()}), 8,
                          0, 8),
                      (Error{Fault::WideTailReserved, 1, bad.low, 0}));
        }
    }
    EXPECT_EQ(
        verify_error(join({make_slot(0x18, 0, 0, 0, -1), make_slot(0, 0, 0, 0, -1), leave()})),
        Error{});
}

TEST(VerifyWide, RefusesMapsAndVariablesThatNoLoaderResolved) {
    for (std::uint8_t kind = 1; kind < 16; ++kind) {
        if (kind == isa::map_by_index) {
            continue;
        }
        EXPECT_EQ(verify_error(join({make_slot(0x18, 1, kind, 0, 0), Slot{}, leave()})),
                  (Error{Fault::WideKindUnresolved, 0, kind, 0}));
    }
    EXPECT_EQ(verify_error(join({make_slot(0x18, 1, 0, 0, 0), Slot{}, leave()})), Error{});
}

TEST(VerifyWide, BoundsNumbersOfMaps) {
    constexpr std::uint8_t kind = isa::map_by_index;
    std::array<program::MapRecord, 2> const maps{};
    auto const error = [&maps](std::int32_t number, std::int32_t high) {
        std::vector<std::byte> const text = bytes_of(
            join({make_slot(0x18, 1, kind, 0, number), make_slot(0, 0, 0, 0, high), leave()}));
        program::Program program;
        program.text = isa::Text{text};
        program.set_maps(maps);
        return verify_error(program, generous_policy());
    };
    EXPECT_EQ(error(0, 0), Error{});
    EXPECT_EQ(error(1, 0), Error{});
    EXPECT_EQ(error(2, 0), (Error{Fault::MapUnknown, 0, 2, 2}));
    EXPECT_EQ(error(-1, 0), (Error{Fault::MapUnknown, 0, 0xffff'ffff, 2}));
    EXPECT_EQ(error(0, 1), (Error{Fault::MapUnknown, 0, 0, 2}));
    EXPECT_EQ(verify_error(join({make_slot(0x18, 1, kind, 0, 0), Slot{}, leave()})),
              (Error{Fault::MapUnknown, 0, 0, 0}));
}

TEST(VerifyWide, RefusesAnOffset) {
    EXPECT_EQ(verify_error(join({make_slot(0x18, 1, 0, 1, 0), Slot{}, leave()})),
              (Error{Fault::OffsetReserved, 0, 1, 0}));
}

TEST(VerifyWide, RefusesAddressesOfSectionsThatAreNotThere) {
    EXPECT_EQ(error_with_sections(join({lddw_data(r1, 0), leave()}), 0, 0, 8),
              (Error{Fault::WideOutOfSection, 0, 0, 0}));
    EXPECT_EQ(error_with_sections(join({lddw_rodata(r1, 0), leave()}), 8, 8, 0),
              (Error{Fault::WideOutOfSection, 0, 0, 0}));
    EXPECT_EQ(error_with_sections(join({lddw_data(r1, 0), leave()}), 0, 1, 0), Error{});
    EXPECT_EQ(error_with_sections(join({lddw_rodata(r1, 0), leave()}), 0, 0, 1), Error{});
}

struct Edge {
    std::uint64_t offset;
    bool is_near;
};

// A 16-bit offset of a load can bring it back from 0x8000 bytes outside, on either side.
void expect_edges(bool is_data, std::uint32_t bytes) {
    std::uint64_t const size = bytes;
    for (Edge const& edge :
         {Edge{0, true}, Edge{size, true}, Edge{size + 0x8000, true}, Edge{size + 0x8001, false},
          Edge{0 - std::uint64_t{0x8000}, true}, Edge{0 - std::uint64_t{0x8001}, false},
          Edge{0xffff'ffff, false}, Edge{0x1'0000'0000, false}, Edge{0x7fff'ffff'ffff'ffff, false},
          Edge{0x8000'0000'0000'0000, false}, Edge{0xffff'ffff'0000'0000, false}}) {
        Code const code =
            join({is_data ? lddw_data(r1, edge.offset) : lddw_rodata(r1, edge.offset), leave()});
        Error const expected =
            edge.is_near ? Error{}
                         : Error{Fault::WideOutOfSection, 0, std::uint32_t(edge.offset), bytes};
        EXPECT_EQ(error_with_sections(code, is_data ? bytes : 0, 0, is_data ? 0 : bytes), expected)
            << std::hex << edge.offset;
    }
}

TEST(VerifyWide, BoundsAddressesOfData) { expect_edges(true, 24); }
TEST(VerifyWide, BoundsAddressesOfRodata) { expect_edges(false, 24); }
TEST(VerifyWide, BoundsAddressesOfOneByteOfRodata) { expect_edges(false, 1); }

TEST(VerifyWide, CountsBssAsDataAndRoundsUpTo8) {
    // 3 bytes of data and 6 of bss are 16.
    EXPECT_EQ(error_with_sections(join({lddw_data(r1, 16 + 0x8000), leave()}), 3, 6, 0), Error{});
    EXPECT_EQ(error_with_sections(join({lddw_data(r1, 16 + 0x8001), leave()}), 3, 6, 0),
              (Error{Fault::WideOutOfSection, 0, 16 + 0x8001, 16}));
}

}  // namespace
}  // namespace mbpf::test
