// SPDX-License-Identifier: MIT
// The image decoder: what it reads, and every way in which it refuses.
#include <gtest/gtest.h>

#include "mbpf/program/image_layout.hpp"
#include "mbpf/program/program.hpp"
#include "tests/unit/program/support/link.hpp"

namespace mbpf::test {
namespace {

using program::ImageLayout;
using program::Program;
using program::SectionKind;

constexpr std::uint32_t text_kind = std::uint32_t(SectionKind::Text);
constexpr std::uint32_t entries_kind = std::uint32_t(SectionKind::Entries);
constexpr std::uint32_t rights_kind = std::uint32_t(SectionKind::Rights);
constexpr std::uint32_t relocations_kind = std::uint32_t(SectionKind::DataRelocations);

// An image with sections of any kind and content, laid out as the format says.
struct Raw {
    std::uint32_t kind;
    std::string hex;
    std::uint32_t bss_bytes = 0;
};

Buffer image(std::vector<Raw> const& sections) {
    std::vector<std::byte> file;
    auto const put = [&file](Buffer const& bytes) {
        file.insert(file.end(), bytes.bytes().begin(), bytes.bytes().end());
    };
    put(from_hex("6d425046 01 00 0000"));
    file[5] = std::byte(sections.size());
    for (Raw const& section : sections) {
        std::uint32_t const bytes = section.bss_bytes + std::uint32_t(from_hex(section.hex).size());
        std::uint32_t const word = section.kind | bytes << 8;
        file.resize(file.size() + 4);
        store(file.data() + file.size() - 4, word);
    }
    for (Raw const& section : sections) {
        if (section.bss_bytes == 0) {
            file.resize(align_up(file.size(), 8));
            put(from_hex(section.hex));
        }
    }
    return Buffer{file};
}

std::string const exit_slot = "9500000000000000";
std::string const two_slots = "b700000000000000 9500000000000000";

Fault open_fault(std::vector<Raw> const& sections) {
    return fault_of(program::open_image(image(sections).bytes()));
}

TEST(Image, SmallestIsOneInstruction) {
    Buffer const file = image({{1, exit_slot}});
    EXPECT_EQ(file.size(), 24u);
    Result<Program> const program = program::open_image(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(program->text.slots(), 1u);
    EXPECT_EQ(program->entries.size(), 1u);
    EXPECT_FALSE(program->rights.present);
}

TEST(Image, HoldsEverySection) {
    Buffer const file = image({{1, two_slots},
                               {2, "0102030405"},
                               {3, "00000000000000000000000000000000"},
                               {4, "", 12},
                               {5, "0100 0800 0000 0b00 6162 00 6300"},
                               {6, "0a000000 0b000000 18000000 0200 0002 0300 0001"},
                               {7, "08000080"},
                               {10, "1b00 0000 00000000 10000000 00000000"},
                               {0x81, "aabb"},
                               {0x82, "cc"}});
    Result<Program> const program = program::open_image(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(to_hex(program->rodata), "0102030405");
    EXPECT_EQ(program->data.size(), 16u);
    EXPECT_EQ(program->bss_bytes, 12u);
    EXPECT_EQ(program->maps_at(), 32u);
    EXPECT_EQ(program->writable_bytes(), 32u + 24u);
    EXPECT_EQ(names_of(program->entries), (std::vector<std::string>{"ab", "c"}));
    EXPECT_EQ(slots_of(program->entries), (std::vector<std::uint32_t>{1, 0}));
    EXPECT_EQ(program->rights.run_budget_instructions, 10u);
    EXPECT_EQ(program->rights.second_budget_instructions, 11u);
    EXPECT_EQ(program->rights.map_bytes, 24u);
    EXPECT_EQ(program->rights.restart, program::RestartWish::Always);
    ASSERT_EQ(program->map_count, 1u);
    EXPECT_EQ(program->maps()[0].kind, program::MapRecord::Kind::RingBuffer);
    EXPECT_EQ(std::uint32_t(program->maps()[0].max_entries), 16u);
    EXPECT_EQ(helpers_of(*program), (std::vector<std::uint32_t>{3, 256}));
    EXPECT_TRUE(program->rights.requests_helper(HelperId{256}));
    EXPECT_FALSE(program->rights.requests_helper(HelperId{4}));
    ASSERT_EQ(program->data_relocation_count(), 1u);
    EXPECT_EQ(program->data_relocation(0).offset, 8u);
    EXPECT_TRUE(program->data_relocation(0).to_rodata);
    EXPECT_EQ(to_hex(program->lines), "aabb");
}

TEST(Image, SkipsOptionalSectionsThatItDoesNotKnow) {
    Buffer const file = image({{1, exit_slot}, {0x80, "01"}, {0x81, "02"}, {0xff, "0304"}});
    Result<Program> const program = program::open_image(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(to_hex(program->lines), "02");
}

TEST(Image, RefusesMandatorySectionsThatItDoesNotKnow) {
    EXPECT_EQ(program::open_image(image({{1, exit_slot}, {11, "01"}}).bytes()).error(),
              (Error{Fault::SectionUnknown, 12, 11}));
    EXPECT_EQ(open_fault({{0, "01"}, {1, exit_slot}}), Fault::SectionUnknown);
    EXPECT_EQ(open_fault({{1, exit_slot}, {0x7f, "01"}}), Fault::SectionUnknown);
}

TEST(Image, RefusesAnotherMagic) {
    EXPECT_EQ(fault_of(program::open_image(image({{1, exit_slot}}).with(0, 'x').bytes())),
              Fault::FormatUnknown);
}

TEST(Image, RefusesAnotherVersion) {
    Buffer const file = image({{1, exit_slot}});
    EXPECT_EQ(program::open_image(file.with(4, std::uint8_t{2}).bytes()).error(),
              (Error{Fault::VersionUnsupported, 4, 2, 1}));
    EXPECT_EQ(fault_of(program::open_image(file.with(4, std::uint8_t{0}).bytes())),
              Fault::VersionUnsupported);
}

TEST(Image, RefusesFlags) {
    Buffer const file = image({{1, exit_slot}});
    EXPECT_EQ(program::open_image(file.with(6, std::uint16_t{0x100}).bytes()).error(),
              (Error{Fault::VersionUnsupported, 6, 0x100}));
}

TEST(Image, RefusesAnAddressThatIsNoMultipleOf8) {
    Buffer const file = image({{1, exit_slot}});
    for (std::size_t shift = 1; shift < 8; ++shift) {
        EXPECT_EQ(program::open_image(Buffer{file.bytes(), shift}.bytes()).error(),
                  (Error{Fault::AddressNotAligned, 0, std::uint32_t(shift), 8}));
    }
}

TEST(Image, RefusesSectionsOutOfOrder) {
    EXPECT_EQ(open_fault({{2, "01"}, {1, exit_slot}}), Fault::SectionMalformed);
}

TEST(Image, RefusesRepeatedSections) {
    EXPECT_EQ(program::open_image(image({{1, exit_slot}, {1, exit_slot}}).bytes()).error(),
              (Error{Fault::SectionRepeated, 12, text_kind}));
}

TEST(Image, RefusesEmptySections) {
    EXPECT_EQ(open_fault({{1, exit_slot}, {2, ""}}), Fault::SectionMalformed);
    EXPECT_EQ(open_fault({{1, ""}}), Fault::SectionMalformed);
}

TEST(Image, RefusesToHaveNoText) {
    EXPECT_EQ(program::open_image(image({{2, "01"}}).bytes()).error(),
              (Error{Fault::SectionMissing, 0, text_kind}));
    EXPECT_EQ(open_fault({}), Fault::SectionMissing);
}

TEST(Image, RefusesTextThatIsNotWholeSlots) {
    EXPECT_EQ(program::open_image(image({{1, "95000000000000"}}).bytes()).error(),
              (Error{Fault::LengthNotAligned, 16, 7, 8}));
}

TEST(Image, RefusesBytesBehindTheLastSection) {
    Buffer const file = image({{1, exit_slot}});
    EXPECT_EQ(program::open_image(file.longer(1).bytes()).error(),
              (Error{Fault::TrailingBytes, 24, 25, 24}));
    EXPECT_EQ(fault_of(program::open_image(file.longer(8).bytes())), Fault::TrailingBytes);
}

TEST(Image, RefusesPaddingThatIsNotZero) {
    Buffer const file = image({{1, exit_slot}, {2, "01"}, {3, "02"}});
    std::size_t const table_end = 8 + 3 * 4;
    EXPECT_EQ(fault_of(program::open_image(file.with(table_end, std::uint8_t{1}).bytes())),
              Fault::SectionMalformed);
    std::size_t const behind_rodata = 24 + 8 + 1;
    for (std::size_t i = behind_rodata; i < 40; ++i) {
        EXPECT_EQ(fault_of(program::open_image(file.with(i, std::uint8_t{1}).bytes())),
                  Fault::SectionMalformed);
    }
}

TEST(Image, RefusesASectionTableLongerThanTheFile) {
    Buffer const file = image({{1, exit_slot}});
    EXPECT_EQ(fault_of(program::open_image(file.with(5, std::uint8_t{255}).bytes())),
              Fault::Truncated);
}

TEST(Image, RefusesASectionLongerThanTheFile) {
    Buffer const file = image({{1, exit_slot}});
    EXPECT_EQ(program::open_image(file.with(8, std::uint32_t{0xffff'ff01}).bytes()).error(),
              (Error{Fault::Truncated, 24, 24, 16 + 0xff'ffff}));
}

TEST(ImageEntries, MustBeWholeRecordsThenNames) {
    auto const fault = [](std::string const& entries) {
        return open_fault({{1, two_slots}, {5, entries}});
    };
    EXPECT_EQ(fault("0000 0400 6100"), Fault::None);
    EXPECT_EQ(fault("0000 0400 00"), Fault::None);
    EXPECT_EQ(fault("0000 0400 61"), Fault::SectionMalformed);    // No NUL at the end.
    EXPECT_EQ(fault("0000 0000 6100"), Fault::SectionMalformed);  // Names before the records.
    EXPECT_EQ(fault("0000 0500 6100"), Fault::SectionMalformed);  // Not whole records.
    EXPECT_EQ(fault("0000 0600 6100"), Fault::SectionMalformed);  // Names behind the end.
    EXPECT_EQ(fault("0000 0400"), Fault::SectionMalformed);
    EXPECT_EQ(fault("00"), Fault::SectionMalformed);
    EXPECT_EQ(fault("0000 0800 0100 0300 6100"), Fault::EntryOutOfRange);  // A name in the records.
    EXPECT_EQ(fault("0000 0800 0100 0a00 6100"), Fault::EntryOutOfRange);  // A name behind the end.
}

TEST(ImageEntries, MustLieInTheText) {
    Buffer const file = image({{1, two_slots}, {5, "0200 0400 6100"}});
    EXPECT_EQ(program::open_image(file.bytes()).error(), (Error{Fault::EntryOutOfRange, 16, 0, 1}));
}

TEST(ImageEntries, AreLimited) {
    std::string records;
    std::uint32_t const count = program::max_entries + 1;
    for (std::uint32_t i = 0; i < count; ++i) {
        records += "0000 0404";  // 0x404 = 257 * 4
    }
    EXPECT_EQ(open_fault({{1, exit_slot}, {5, records + "00"}}), Fault::TooManyFunctions);
}

TEST(ImageEntries, AreFoundByName) {
    Buffer const file = image({{1, two_slots}, {5, "0100 0800 0000 0a00 6100 6263 00"}});
    Result<Program> const program = program::open_image(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(program->entries.find("bc")->pc, Pc{0});
    EXPECT_EQ(program->entries.find("a")->pc, Pc{1});
    for (std::string_view const name : {"", "b", "bcd", "abc"}) {
        EXPECT_EQ(program->entries.find(name).error(), (Error{Fault::EntryUnknown, 0, 2})) << name;
    }
}

TEST(ImageRights, MustBeAsLongAsTheySay) {
    auto const fault = [](std::string const& rights) {
        return open_fault({{1, exit_slot}, {6, rights}});
    };
    std::string const budgets = "00000000 00000000 00000000";
    EXPECT_EQ(fault(budgets + "0000 0000"), Fault::None);
    EXPECT_EQ(fault(budgets + "0100 0000 0500"), Fault::None);
    EXPECT_EQ(fault(budgets + "0100 0000"), Fault::SectionMalformed);
    EXPECT_EQ(fault(budgets + "0100 0000 05"), Fault::SectionMalformed);
    EXPECT_EQ(fault(budgets + "0000 0000 0500"), Fault::SectionMalformed);
    EXPECT_EQ(fault(budgets + "0000 00"), Fault::SectionMalformed);
    EXPECT_EQ(fault(budgets + "0000 0200"), Fault::None);              // An engine,
    EXPECT_EQ(fault(budgets + "0000 0300"), Fault::SectionMalformed);  // and one that is none.
    EXPECT_EQ(fault(budgets + "0000 0002"), Fault::None);              // A way to restart,
    EXPECT_EQ(fault(budgets + "0000 0003"), Fault::SectionMalformed);  // and one that is none.
    std::string const none = "00000000 00000000 ";
    EXPECT_EQ(fault(none + "f8ffff00 0000 0000"), Fault::None);              // Bytes of maps,
    EXPECT_EQ(fault(none + "04000000 0000 0000"), Fault::SectionMalformed);  // not whole words,
    EXPECT_EQ(fault(none + "00000001 0000 0000"), Fault::SectionMalformed);  // and too many.
}

TEST(ImageRights, ListHelpersInAscendingOrder) {
    auto const fault = [](std::string const& ids) {
        return open_fault({{1, exit_slot}, {6, "00000000 00000000 00000000 0200 0000" + ids}});
    };
    EXPECT_EQ(fault("0100 0200"), Fault::None);
    EXPECT_EQ(fault("0200 0100"), Fault::SectionMalformed);
    EXPECT_EQ(fault("0100 0100"), Fault::SectionMalformed);
}

TEST(ImageRelocations, LieInDataAscendingAndApart) {
    std::string const data = "000102030405060708090a0b0c0d0e0f1011";
    auto const fault = [&data](std::string const& relocations) {
        return open_fault({{1, exit_slot}, {3, data}, {7, relocations}});
    };
    EXPECT_EQ(fault("00000000 0a000080"), Fault::None);
    EXPECT_EQ(fault("00000000 07000080"), Fault::SectionMalformed);
    EXPECT_EQ(fault("0a000000 00000000"), Fault::SectionMalformed);
    EXPECT_EQ(fault("00000000 00000000"), Fault::SectionMalformed);
    EXPECT_EQ(fault("0b000000"), Fault::RelocationOutOfRange);
    EXPECT_EQ(fault("ffffff7f"), Fault::RelocationOutOfRange);
    EXPECT_EQ(fault("ffffffff"), Fault::RelocationOutOfRange);
    EXPECT_EQ(fault("000000"), Fault::SectionMalformed);
    EXPECT_EQ(open_fault({{1, exit_slot}, {4, "", 64}, {7, "00000000"}}),
              Fault::RelocationOutOfRange);  // bss holds no addresses.
    EXPECT_EQ(entries_kind + 2, relocations_kind);
    EXPECT_EQ(entries_kind + 1, rights_kind);
}

TEST(ImageMaps, AreWholeRecords) {
    auto const fault = [](std::size_t bytes) {
        std::string hex;
        for (std::size_t i = 0; i < bytes; ++i) {
            hex += "00";
        }
        return open_fault({{1, exit_slot}, {10, hex}});
    };
    EXPECT_EQ(fault(15), Fault::SectionMalformed);
    EXPECT_EQ(fault(16), Fault::None);
    EXPECT_EQ(fault(17), Fault::SectionMalformed);
    EXPECT_EQ(fault(255 * 16), Fault::None);  // Whoever runs it is not as patient.
    EXPECT_EQ(fault(256 * 16), Fault::SectionMalformed);
}

TEST(ImageLayout, PlacesSectionsAtMultiplesOf8WithoutPaddingAtTheEnd) {
    ImageLayout::Sizes sizes{};
    sizes[program::section_index(SectionKind::Text)] = 8;
    sizes[program::section_index(SectionKind::Rodata)] = 3;
    sizes[program::section_index(SectionKind::Bss)] = 100;
    sizes[program::section_index(SectionKind::Lines)] = 5;
    ImageLayout const layout{sizes};
    EXPECT_EQ(layout.offset<SectionKind::Text>(), 24u);
    EXPECT_EQ(layout.offset<SectionKind::Rodata>(), 32u);
    EXPECT_EQ(layout.offset<SectionKind::Lines>(), 40u);
    EXPECT_EQ(layout.total_bytes(), 45u);
}

}  // namespace
}  // namespace mbpf::test
