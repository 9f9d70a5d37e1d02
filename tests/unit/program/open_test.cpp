// SPDX-License-Identifier: MIT
// Detection, and bare text.
#include <gtest/gtest.h>

#include "mbpf/program/program.hpp"
#include "tests/unit/program/support/buffer.hpp"

namespace mbpf::test {
namespace {

using program::Format;
using program::Program;

TEST(Detect, KnowsEachFormatByItsStart) {
    EXPECT_EQ(*program::detect(golden("image_data").bytes()), Format::Image);
    EXPECT_EQ(*program::detect(golden("femto_data").bytes()), Format::Femto);
    EXPECT_EQ(*program::detect(golden("femto_prototype").bytes()), Format::Femto);
    EXPECT_EQ(*program::detect(golden("extended_calls").bytes()), Format::Extended);
    EXPECT_EQ(*program::detect(from_hex("7f454c46").bytes()), Format::Elf);
    EXPECT_EQ(*program::detect(from_hex("9500000000000000").bytes()), Format::Text);
}

TEST(Detect, BrokenFemtoIsStillFemtoSoThatTheErrorIsAboutIt) {
    Buffer const file = golden("femto_data");
    EXPECT_EQ(*program::detect(file.first(file.size() - 1)), Format::Femto);
    EXPECT_EQ(*program::detect(file.first(4)), Format::Femto);
}

TEST(Detect, RefusesWhatIsNothing) {
    EXPECT_EQ(fault_of(program::detect({})), Fault::FormatUnknown);
    EXPECT_EQ(fault_of(program::detect(from_hex("00").bytes())), Fault::FormatUnknown);
    EXPECT_EQ(fault_of(program::detect(from_hex("950000000000").bytes())), Fault::FormatUnknown);
}

TEST(Open, PassesOnToTheLoaderOfTheFormat) {
    Buffer const text = from_hex("b700000000000000 9500000000000000");
    EXPECT_EQ(program::open(text.bytes(), Format::Text)->format, Format::Text);
    EXPECT_EQ(program::open(golden("femto_data").bytes(), Format::Femto)->format, Format::Femto);
    EXPECT_EQ(program::open(golden("image_data").bytes(), Format::Image)->format, Format::Image);
    EXPECT_EQ(fault_of(program::open(golden("extended_calls").bytes(), Format::Extended)),
              Fault::CallNotResolved);
}

TEST(Open, RefusesAnObjectThatIsNotLinked) {
    EXPECT_EQ(fault_of(program::open(from_hex("7f454c46").bytes(), Format::Elf)),
              Fault::FormatUnknown);
}

TEST(OpenText, IsAllInstructionsWithOneUnnamedEntry) {
    Buffer const file = from_hex("b700000000000000 9500000000000000");
    Result<Program> const program = program::open_text(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(program->text.slots(), 2u);
    EXPECT_EQ(program->entries.size(), 1u);
    EXPECT_EQ(program->entries.at(0).pc, Pc{0});
    EXPECT_TRUE(program->rodata.empty());
    EXPECT_EQ(program->writable_bytes(), 0u);
    EXPECT_FALSE(program->rights.present);
    EXPECT_TRUE(program->rights.requests_helper(HelperId{77}));
}

TEST(OpenText, RefusesNothing) { EXPECT_EQ(fault_of(program::open_text({})), Fault::TextEmpty); }

TEST(OpenText, RefusesPartsOfSlots) {
    Buffer const file{std::size_t{16}};
    for (std::size_t size = 1; size < 16; ++size) {
        if (size != 8) {
            EXPECT_EQ(program::open_text(file.first(size)).error(),
                      (Error{Fault::LengthNotAligned, 0, std::uint32_t(size), 8}));
        }
    }
}

TEST(OpenText, RefusesMoreSlotsThanAnEntryCanName) {
    Buffer const file{(program::max_text_slots + 1) * slot_bytes};
    EXPECT_EQ(program::open_text(file.bytes()).error(),
              (Error{Fault::TextTooLong, 0, program::max_text_slots + 1, program::max_text_slots}));
    EXPECT_TRUE(program::open_text(file.first(program::max_text_slots * slot_bytes)).has_value());
}

TEST(OpenText, RefusesAnAddressThatIsNoMultipleOf4) {
    Buffer const text = from_hex("9500000000000000");
    for (std::size_t shift = 1; shift < 8; ++shift) {
        Buffer const file{text.bytes(), shift};
        Fault const expected = shift == 4 ? Fault::None : Fault::AddressNotAligned;
        EXPECT_EQ(fault_of(program::open_text(file.bytes())), expected) << shift;
    }
}

}  // namespace
}  // namespace mbpf::test
