// SPDX-License-Identifier: MIT
// What the encoders refuse, and how they say it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/program/support/elf_builder.hpp"
#include "tests/unit/program/support/link.hpp"
#include "toolkit/layout/layout.hpp"

namespace mbpf::test {
namespace {

using program::Format;
using program::Program;
namespace layout = toolkit::layout;

std::string const exit_slot = "9500000000000000";

layout::Refusal refusal_of(layout::Encoded const& encoded) {
    auto const* const refusal = std::get_if<layout::Refusal>(&encoded);
    return refusal == nullptr ? layout::Refusal{} : *refusal;
}

bool is_able(layout::Refusal const& refusal, Format format) {
    return std::ranges::find(refusal.able, format) != refusal.able.end();
}

Linked with_addresses() {
    ElfBuilder elf;
    elf.add_text(".text", exit_slot);
    std::uint16_t const data = elf.add_data(".data", "00000000000000000000000000000000");
    elf.relocate(data, 8, word64, elf.add_section_symbol(data));
    return link(elf.build().bytes());
}

Linked with_rodata() {
    ElfBuilder elf;
    elf.add_text(".text", exit_slot);
    elf.add_rodata(".rodata", "00");
    return link(elf.build().bytes());
}

TEST(Layout, AddressesInDataAreRefusedByAllButImage) {
    Linked const linked = with_addresses();
    for (layout::Encoded const& encoded :
         {layout::encode_femto(linked.program), layout::encode_extended(linked.program)}) {
        layout::Refusal const refusal = refusal_of(encoded);
        EXPECT_EQ(refusal.fault, Fault::DataNotRelocatable);
        EXPECT_NE(refusal.reason.find("at byte 8"), std::string::npos) << refusal.reason;
        EXPECT_TRUE(is_able(refusal, Format::Image));
        EXPECT_FALSE(is_able(refusal, Format::Femto));
        EXPECT_FALSE(is_able(refusal, Format::Text));
    }
    EXPECT_TRUE(std::holds_alternative<layout::File>(layout::encode_image(linked.program)));
}

TEST(Layout, TextHoldsInstructionsOnly) {
    Linked const linked = with_rodata();
    layout::Refusal const refusal = refusal_of(layout::encode_text(linked.program));
    EXPECT_EQ(refusal.fault, Fault::SectionUnknown);
    EXPECT_TRUE(is_able(refusal, Format::Femto));
    EXPECT_TRUE(is_able(refusal, Format::Extended));
    EXPECT_FALSE(is_able(refusal, Format::Text));
    layout::Refusal const data = refusal_of(layout::encode_text(with_addresses().program));
    EXPECT_FALSE(is_able(data, Format::Femto));
}

TEST(Layout, BssBecomesZeroesWhereTheFormatHasNone) {
    ElfBuilder elf;
    elf.add_text(".text", exit_slot);
    elf.add_data(".data", "0102");
    elf.add_bss(".bss", 20);
    Linked const linked = link(elf.build().bytes());
    for (layout::Encoded const& encoded :
         {layout::encode_femto(linked.program), layout::encode_extended(linked.program)}) {
        Buffer const file{std::get<layout::File>(encoded)};
        Result<Program> const program = program::open(file.bytes(), *program::detect(file.bytes()));
        ASSERT_TRUE(program.has_value());
        EXPECT_EQ(program->bss_bytes, 0u);
        EXPECT_EQ(program->data.size(), 32u);
        EXPECT_EQ(to_hex(program->data.first(4)), "01020000");
    }
}

TEST(Layout, FunctionsBehind64KibibytesAreRefusedByName) {
    ElfBuilder elf;
    std::string text;
    for (int i = 0; i < 8193; ++i) {
        text += exit_slot;
    }
    std::uint16_t const section = elf.add_text(".text", text);
    elf.add_function("near", section, 0, 8);
    elf.add_function("far", section, 8192 * 8, 8);
    Buffer const object = elf.build();
    Linked const linked = link(object.bytes());
    layout::Refusal const refusal = refusal_of(layout::encode_femto(linked.program));
    EXPECT_EQ(refusal.fault, Fault::EntryOutOfRange);
    EXPECT_NE(refusal.reason.find("far"), std::string::npos);
    EXPECT_TRUE(is_able(refusal, Format::Text));
}

TEST(Layout, HelperIdsAreOneByteInExtendedAndTwoInImage) {
    Buffer const text = from_hex("8500000000010000" + exit_slot);
    Program const program = *program::open_text(text.bytes());
    EXPECT_EQ(refusal_of(layout::encode_extended(program)).fault, Fault::HelperUnknown);
    Buffer const image{std::get<layout::File>(layout::encode_image(program))};
    EXPECT_EQ(helpers_of(*program::open_image(image.bytes())), std::vector<std::uint32_t>{256});
    Buffer const wide = from_hex("8500000000000100" + exit_slot);
    EXPECT_EQ(refusal_of(layout::encode_image(*program::open_text(wide.bytes()))).fault,
              Fault::HelperUnknown);
}

TEST(Layout, ProgramsWithoutRightsAskForTheHelpersTheyCall) {
    // The second half of an LDDW is no call, whatever its bytes are.
    Buffer const text = from_hex(
        "1801000000000000 8500000007000000 8500000005000000 8510000000000000 8500000005000000" +
        exit_slot);
    Program const program = *program::open_text(text.bytes());
    Buffer const file{std::get<layout::File>(layout::encode_extended(program))};
    EXPECT_EQ(helpers_of(*program::open_extended(file.bytes())), std::vector<std::uint32_t>{5});
}

TEST(Layout, ImageSortsHelperIdsOfOtherFormats) {
    Buffer const file =
        from_hex("7b000000 00000000 00000000 00000000 00000000 08000000 00000000 00000000" +
                 exit_slot + "30 01 30 02");
    Program const program = *program::open_extended(file.bytes());
    Buffer const image{std::get<layout::File>(layout::encode_image(program))};
    EXPECT_EQ(helpers_of(*program::open_image(image.bytes())),
              (std::vector<std::uint32_t>{1, 2, 0x30}));
}

TEST(Layout, LinesCanBeAddedAndRightsLeftOut) {
    Linked const linked = with_rodata();
    Buffer const lines = from_hex("0102030405");
    layout::ImageOptions const options{.rights = layout::RightsSection::Omitted,
                                       .lines = lines.bytes()};
    Buffer const image{std::get<layout::File>(layout::encode_image(linked.program, options))};
    Result<Program> const program = program::open_image(image.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(to_hex(program->lines), "0102030405");
    EXPECT_FALSE(program->rights.present);
    // And stay when written again.
    Buffer const again{std::get<layout::File>(layout::encode_image(*program))};
    EXPECT_EQ(to_hex(program::open_image(again.bytes())->lines), "0102030405");
}

TEST(Layout, AnObjectIsNotWritten) {
    EXPECT_EQ(refusal_of(layout::encode(with_rodata().program, Format::Elf)).fault,
              Fault::FormatUnknown);
}

TEST(Layout, EveryFormatHasAName) {
    EXPECT_EQ(layout::name_of(Format::Text), "text");
    EXPECT_EQ(layout::name_of(Format::Femto), "femto");
    EXPECT_EQ(layout::name_of(Format::Extended), "extended");
    EXPECT_EQ(layout::name_of(Format::Elf), "elf");
    EXPECT_EQ(layout::name_of(Format::Image), "image");
}

}  // namespace
}  // namespace mbpf::test
