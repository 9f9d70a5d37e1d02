// SPDX-License-Identifier: MIT
// The Femto-Containers family: headers of three kinds, names with and without NULs, wrong lengths.
#include <gtest/gtest.h>

#include "mbpf/program/program.hpp"
#include "tests/unit/program/support/link.hpp"

namespace mbpf::test {
namespace {

using program::Format;
using program::Program;

std::string const exit_slot = "9500000000000000";

Fault femto_fault(Buffer const& file) { return fault_of(program::open_femto(file.bytes())); }

TEST(Femto, SmallestHasNoFunctions) {
    Buffer const file =
        from_hex("72425046 00000000 00000000 00000000 00000000 08000000 00000000" + exit_slot);
    Result<Program> const program = program::open_femto(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(names_of(program->entries), std::vector<std::string>{""});
    EXPECT_EQ(slots_of(program->entries), std::vector<std::uint32_t>{0});
    EXPECT_EQ(fault_of(program->entries.find("x")), Fault::EntryUnknown);
}

TEST(Femto, WideHeaderIsToldApartByItsLengths) {
    Buffer const file = from_hex(
        "72425046 00000000 0000000000000000 00000000 08000000 10000000 01000000"
        "6d61696e00000000"
        "b700000000000000" +
        exit_slot + "0000 0000 0800");
    EXPECT_EQ(*program::detect(file.bytes()), Format::Femto);
    Result<Program> const program = program::open_femto(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(program->text.slots(), 2u);
    // Slot 0 has no record: it is the first entry all the same, without a name.
    EXPECT_EQ(names_of(program->entries), (std::vector<std::string>{"", "main"}));
    EXPECT_EQ(slots_of(program->entries), (std::vector<std::uint32_t>{0, 1}));
}

TEST(Femto, FirstEntryIsSlot0WhateverTheOrderOfRecords) {
    Buffer const file = from_hex(
        "72425046 00000000 00000000 00000000 08000000 18000000 03000000"
        "6100620063000000" +
        exit_slot + exit_slot + exit_slot + "0000 0000 1000  0200 0000 0000  0400 0000 0800");
    Result<Program> const program = program::open_femto(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(names_of(program->entries), (std::vector<std::string>{"b", "a", "c"}));
    EXPECT_EQ(slots_of(program->entries), (std::vector<std::uint32_t>{0, 2, 1}));
    EXPECT_EQ(program->entries.find("a")->pc, Pc{2});
}

TEST(Femto, NameWithoutNulEndsWhereTheNextBeginsOrRodataEnds) {
    Buffer const file = from_hex(
        "7b000000 00000000 00000000 00000000 08000000 10000000 02000000"
        "6f6e6574776f6f6f" +
        exit_slot + exit_slot + "0300 0000 0800  0000 0000 0000");
    Result<Program> const program = program::open_femto(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(names_of(program->entries), (std::vector<std::string>{"one", "twooo"}));
}

TEST(Femto, RefusesAnotherMagic) {
    EXPECT_EQ(femto_fault(golden("femto_data").with(0, 'R')), Fault::FormatUnknown);
}

TEST(Femto, RefusesVersionsAndFlags) {
    Buffer const file = golden("femto_data");
    EXPECT_EQ(program::open_femto(file.with(4, std::uint32_t{1}).bytes()).error(),
              (Error{Fault::VersionUnsupported, 4, 1}));
    EXPECT_EQ(program::open_femto(file.with(8, std::uint32_t{1}).bytes()).error(),
              (Error{Fault::VersionUnsupported, 8, 1}));  // Compressed text.
}

TEST(Femto, RefusesBytesThatTheHeaderDoesNotAccountFor) {
    Buffer const file = golden("femto_data");
    EXPECT_EQ(program::open_femto(file.longer(1).bytes()).error(),
              (Error{Fault::TrailingBytes, 146, 147, 146}));
}

TEST(Femto, RefusesLengthsThatPassTheEnd) {
    Buffer const file = golden("femto_data");
    for (std::size_t const at : {12u, 16u, 20u}) {
        for (std::uint32_t const length : {0x1000u, 0x8000'0000u, 0xffff'fff8u}) {
            EXPECT_EQ(femto_fault(file.with(at, length)), Fault::Truncated) << at << " " << length;
        }
    }
    for (std::uint32_t const functions : {2u, 0x2aaa'aaabu, 0x8000'0000u, 0xffff'ffffu}) {
        EXPECT_EQ(femto_fault(file.with(24, functions)), Fault::Truncated) << functions;
    }
}

TEST(Femto, RefusesDataAndRodataThatAreNotPadded) {
    Buffer const file = golden("femto_data");
    EXPECT_EQ(femto_fault(file.with(12, std::uint32_t{7})), Fault::LengthNotAligned);
    EXPECT_EQ(femto_fault(file.with(16, std::uint32_t{12})), Fault::LengthNotAligned);
}

TEST(Femto, RefusesTextThatIsEmptyOrNotWholeSlots) {
    std::string const header = "72425046 00000000 00000000 00000000 00000000";
    EXPECT_EQ(femto_fault(from_hex(header + "00000000 00000000")), Fault::TextEmpty);
    EXPECT_EQ(femto_fault(from_hex(header + "04000000 00000000 95000000")),
              Fault::LengthNotAligned);
}

TEST(Femto, RefusesFunctionsOutsideTheText) {
    Buffer const file = golden("femto_data");
    std::size_t const text_offset_at = file.size() - 2;
    for (unsigned const offset : {4u, 88u, 0xffffu, 0xfff8u}) {
        EXPECT_EQ(femto_fault(file.with(text_offset_at, std::uint16_t(offset))),
                  Fault::EntryOutOfRange)
            << offset;
    }
    EXPECT_EQ(femto_fault(file.with(text_offset_at, std::uint16_t{80})), Fault::None);
}

TEST(Femto, RefusesNamesOutsideRodata) {
    Buffer const file = golden("femto_data");
    std::size_t const name_offset_at = file.size() - 6;
    EXPECT_EQ(femto_fault(file.with(name_offset_at, std::uint16_t{16})), Fault::EntryOutOfRange);
    EXPECT_EQ(femto_fault(file.with(name_offset_at, std::uint16_t{15})), Fault::None);
}

TEST(Femto, RefusesMoreFunctionsThanAreUseful) {
    std::uint32_t const count = program::max_entries + 1;
    Buffer file = from_hex(
                      "72425046 00000000 00000000 00000000 08000000 08000000 00000000"
                      "6100000000000000" +
                      exit_slot)
                      .longer(count * 6);
    EXPECT_EQ(femto_fault(file.with(24, count)), Fault::TooManyFunctions);
}

TEST(Femto, RefusesAnAddressThatIsNoMultipleOf4) {
    Buffer const file = golden("femto_data");
    for (std::size_t shift = 1; shift < 8; ++shift) {
        Fault const expected = shift == 4 ? Fault::None : Fault::AddressNotAligned;
        EXPECT_EQ(femto_fault(Buffer{file.bytes(), shift}), expected) << shift;
    }
}

TEST(Extended, HelperIdsReachToTheEnd) {
    Buffer const file =
        from_hex("7b000000 00000000 00000000 00000000 00000000 08000000 00000000 00000000" +
                 exit_slot + "01 30 84");
    EXPECT_EQ(*program::detect(file.bytes()), Format::Extended);
    Result<Program> const program = program::open_extended(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(helpers_of(*program), (std::vector<std::uint32_t>{1, 0x30, 0x84}));
    EXPECT_TRUE(program->rights.requests_helper(HelperId{0x30}));
    EXPECT_FALSE(program->rights.requests_helper(HelperId{0x31}));
    EXPECT_EQ(program->format, Format::Extended);
}

TEST(Extended, ListedCallsThatAreResolvedOpenInPlace) {
    Buffer file = golden("extended_calls");
    ASSERT_TRUE(program::resolve_calls(file.writable()).has_value());
    Buffer const once{file.bytes()};
    ASSERT_TRUE(program::resolve_calls(file.writable()).has_value());
    EXPECT_TRUE(equal(once.bytes(), file.bytes()));
    EXPECT_TRUE(program::open_extended(file.bytes()).has_value());
}

TEST(Extended, CallWithoutASourceBecomesALocalCall) {
    // The prototype's tables also describe calls that look like helper calls.
    Buffer file = golden("extended_calls").with(32 + 8 + 8 + 1, std::uint8_t{0});
    ASSERT_TRUE(program::resolve_calls(file.writable()).has_value());
    EXPECT_EQ(program::open_extended(file.bytes())->text[Pc{1}].src(), 1);
}

TEST(Extended, ACallThatGoesElsewhereIsNotResolved) {
    Buffer file = golden("extended_calls");
    std::size_t const imm_at = 32 + 8 + 8 + 4;
    EXPECT_EQ(program::open_extended(file.with(imm_at, std::uint32_t{2}).bytes()).error(),
              (Error{Fault::CallNotResolved, 8}));
}

TEST(Extended, RefusesRecordsOutsideTheTextAndLeavesTheFileAsItWas) {
    Buffer const file = golden("extended_calls");
    std::size_t const record = file.size() - 8;
    for (std::size_t const field : {record, record + 4}) {
        for (std::uint32_t const offset : {4u, 56u, 0x8000'0000u, 0xffff'fff8u}) {
            Buffer changed = file.with(field, offset);
            Buffer const before{changed.bytes()};
            EXPECT_EQ(fault_of(program::open_extended(changed.bytes())),
                      Fault::RelocationOutOfRange);
            EXPECT_EQ(fault_of(program::resolve_calls(changed.writable())),
                      Fault::RelocationOutOfRange);
            EXPECT_TRUE(equal(before.bytes(), changed.bytes()));
        }
    }
}

TEST(Extended, RefusesRecordsOfOtherInstructions) {
    Buffer const file = golden("extended_calls");
    std::size_t const record = file.size() - 8;
    Buffer changed = file.with(record, std::uint32_t{16});  // exit
    EXPECT_EQ(fault_of(program::open_extended(changed.bytes())), Fault::RelocationUnsupported);
    EXPECT_EQ(fault_of(program::resolve_calls(changed.writable())), Fault::RelocationUnsupported);
    Buffer const kernel_call = file.with(32 + 8 + 8 + 1, std::uint8_t{0x20});
    EXPECT_EQ(fault_of(program::open_extended(kernel_call.bytes())), Fault::RelocationUnsupported);
}

TEST(Extended, RefusesACallTableThatPassesTheEnd) {
    Buffer file = golden("extended_calls");
    for (std::uint32_t const calls : {2u, 0x2000'0000u, 0xffff'ffffu}) {
        Buffer changed = file.with(28, calls);
        EXPECT_EQ(fault_of(program::open_extended(changed.bytes())), Fault::Truncated);
        EXPECT_EQ(fault_of(program::resolve_calls(changed.writable())), Fault::Truncated);
    }
}

}  // namespace
}  // namespace mbpf::test
