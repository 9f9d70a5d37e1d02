// SPDX-License-Identifier: MIT
// What the encoders write, the loaders read, and encoding that again gives the same bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "mbpf/program/image_layout.hpp"
#include "mbpf/program/records.hpp"
#include "tests/support/assembler.hpp"
#include "tests/support/hex.hpp"
#include "toolkit/layout/append.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/maps/declared.hpp"

namespace mbpf::test {
namespace {

using program::Format;
using program::Program;
namespace layout = toolkit::layout;

// A program and all that it views.
struct Sample {
    std::vector<std::byte> text = bytes_of(
        join({call_helper(2), call_local(1), leave(), lddw(r0, 7), call_helper(1), leave()}));
    std::vector<std::byte> rodata = from_hex("68690a00");
    std::vector<std::byte> data = from_hex("0102030405060708");
    std::vector<std::byte> helper_ids;
    std::vector<std::byte> relocations;

    [[nodiscard]] Program program() const {
        Program program;
        program.text = isa::Text{text};
        program.rodata = rodata;
        program.data = data;
        program.bss_bytes = 16;
        return program;
    }
    [[nodiscard]] Program bare() const {
        Program program;
        program.text = isa::Text{text};
        return program;
    }
};

layout::File file_of(layout::Encoded const& encoded) {
    auto const* const refusal = std::get_if<layout::Refusal>(&encoded);
    EXPECT_EQ(refusal, nullptr) << refusal->reason;
    return refusal == nullptr ? std::get<layout::File>(encoded) : layout::File{};
}

class RoundTrip : public testing::TestWithParam<Format> {};

TEST_P(RoundTrip, GivesTheSameBytes) {
    Sample const sample;
    Program const program = GetParam() == Format::Text ? sample.bare() : sample.program();
    layout::File const first = file_of(layout::encode(program, GetParam()));
    ASSERT_EQ(*program::detect(first), GetParam());
    Result<Program> const opened = program::open(first, GetParam());
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(to_hex(opened->text.bytes()), to_hex(program.text.bytes()));
    EXPECT_EQ(opened->writable_bytes(), program.writable_bytes());
    EXPECT_EQ(to_hex(file_of(layout::encode(*opened, GetParam()))), to_hex(first));
}

TEST_P(RoundTrip, KeepsTheTextOnAWayThroughAnImage) {
    Sample const sample;
    layout::File const image = file_of(layout::encode_image(sample.bare()));
    Program const program = *program::open_image(image);
    layout::File const other = file_of(layout::encode(program, GetParam()));
    Result<Program> const opened = program::open(other, GetParam());
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(to_hex(opened->text.bytes()), to_hex(sample.text));
    EXPECT_EQ(to_hex(file_of(layout::encode_image(*opened))), to_hex(image));
}

INSTANTIATE_TEST_SUITE_P(Layouts, RoundTrip,
                         testing::Values(Format::Text, Format::Femto, Format::Extended,
                                         Format::Image),
                         [](auto const& format) {
                             return std::string(layout::name_of(format.param));
                         });

TEST(ImageRoundTrip, KeepsRightsRelocationsAndLines) {
    Sample sample;
    layout::append(sample.helper_ids, std::uint16_t{1});
    layout::append(sample.helper_ids, std::uint16_t{2});
    layout::append(sample.relocations, program::DataRelocation{0, true}.packed());
    std::vector<std::byte> const lines = from_hex("010000");
    Program program = sample.program();
    program.rights.helper_ids = sample.helper_ids;
    program.rights.present = true;
    program.rights.run_budget_instructions = 1000;
    program.rights.map_bytes = 64;
    program.rights.restart = program::RestartWish::Never;
    std::array const maps{program::MapRecord{program::MapRecord::Kind::Array, 0, 4, 5, 6, 7}};
    std::vector<std::byte> const names = from_hex("616200");
    program.set_maps(maps);
    program.data_relocations = sample.relocations;
    layout::File const first =
        file_of(layout::encode_image(program, {.lines = lines, .map_names = names}));
    Result<Program> const opened = program::open_image(first);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->rights.run_budget_instructions, 1000u);
    EXPECT_EQ(opened->rights.map_bytes, 64u);
    EXPECT_EQ(opened->rights.restart, program::RestartWish::Never);
    EXPECT_EQ(to_hex(std::as_bytes(opened->maps())), "02000400050000000600000007000000");
    EXPECT_EQ(to_hex(toolkit::maps::names_in(first)), "616200");
    EXPECT_TRUE(toolkit::maps::names_in({}).empty());
    EXPECT_EQ(opened->rights.helper_count(), 2u);
    EXPECT_TRUE(opened->data_relocation(0).to_rodata);
    EXPECT_EQ(to_hex(opened->lines), "010000");
    EXPECT_EQ(to_hex(file_of(layout::encode_image(*opened, {.map_names = names}))), to_hex(first));
}

TEST(ImageRoundTrip, AsksForWhatItCallsIfTheFormatHadNoRights) {
    Sample const sample;
    layout::File const image = file_of(layout::encode_image(sample.bare()));
    Program const program = *program::open_image(image);
    ASSERT_EQ(program.rights.helper_count(), 2u);
    EXPECT_EQ(program.rights.helper(0), HelperId{1});
    EXPECT_EQ(program.rights.helper(1), HelperId{2});
}

// An image whose only entry, "m", starts at slot 1.
std::vector<std::byte> image_starting_at_slot_1() {
    std::vector<std::byte> const text = bytes_of(join({leave(), mov64(r0, 1), leave()}));
    std::vector<std::byte> entries;
    layout::append(entries, program::ImageRecord{1, 4});
    layout::append_bytes(entries, from_hex("6d00"));
    program::ImageLayout::Sizes sizes{};
    std::size_t const text_index = program::section_index(program::SectionKind::Text);
    std::size_t const entries_index = program::section_index(program::SectionKind::Entries);
    sizes[text_index] = std::uint32_t(text.size());
    sizes[entries_index] = std::uint32_t(entries.size());
    program::ImageLayout const layout{sizes};
    std::vector<std::byte> image(layout.total_bytes());
    layout.write_header(image);
    std::copy(text.begin(), text.end(), image.begin() + layout.offset(text_index));
    std::copy(entries.begin(), entries.end(), image.begin() + layout.offset(entries_index));
    return image;
}

TEST(Layout, WhatStartsElsewhereIsRefusedWhereItCannotBeSaid) {
    std::vector<std::byte> const image = image_starting_at_slot_1();
    Result<Program> const opened = program::open_image(image);
    ASSERT_TRUE(opened.has_value());
    ASSERT_EQ(opened->entries.at(0).pc, Pc{1});
    for (Format const format : {Format::Text, Format::Femto, Format::Extended}) {
        layout::Encoded const encoded = layout::encode(*opened, format);
        ASSERT_TRUE(std::holds_alternative<layout::Refusal>(encoded)) << layout::name_of(format);
        EXPECT_EQ(std::get<layout::Refusal>(encoded).fault, Fault::EntryOutOfRange);
    }
    layout::File const again = file_of(layout::encode_image(*opened));
    EXPECT_EQ(program::open_image(again)->entries.at(0).pc, Pc{1});
}

TEST(Layout, NoObjectIsMade) {
    Sample const sample;
    layout::Encoded const encoded = layout::encode(sample.bare(), Format::Elf);
    ASSERT_TRUE(std::holds_alternative<layout::Refusal>(encoded));
    std::vector<Format> const able = std::get<layout::Refusal>(encoded).able;
    EXPECT_NE(std::find(able.begin(), able.end(), Format::Femto), able.end());
}

}  // namespace
}  // namespace mbpf::test
