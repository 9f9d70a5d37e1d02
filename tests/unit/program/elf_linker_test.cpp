// SPDX-License-Identifier: MIT
// What the linker makes of objects: pieces, entries, calls, data. Objects are built by hand, so
// that each test shows the one thing it is about.
#include <gtest/gtest.h>

#include "tests/unit/program/support/elf_builder.hpp"
#include "tests/unit/program/support/link.hpp"

namespace mbpf::test {
namespace {

using program::LinkOptions;
using program::Listed;
using program::TextOrigin;
using Names = std::vector<std::string>;
using Slots = std::vector<std::uint32_t>;

std::string const exit_slot = "9500000000000000";
std::string const move_slot = "b700000001000000";
std::string const global_call = "85100000ffffffff";
std::string const lddw = "1801000000000000 0000000000000000";

// A function of n slots that moves n - 1 times and exits.
std::string function(std::size_t slots) {
    std::string text;
    for (std::size_t i = 1; i < slots; ++i) {
        text += move_slot;
    }
    return text + exit_slot;
}

TEST(Linker, OneFunctionBecomesTextWithAnUnnamedEntry) {
    ElfBuilder elf;
    elf.add_function("run", elf.add_text(".text", function(3)), 0, 24);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(to_hex(linked.program.text.bytes()), to_hex(from_hex(function(3)).bytes()));
    EXPECT_EQ(names_of(linked.program.entries), Names{""});
    EXPECT_TRUE(linked.program.rights.present);
    EXPECT_EQ(linked.program.rights.helper_count(), 0u);
}

TEST(Linker, SingleEntryIsNamedWhenAllAreListed) {
    ElfBuilder elf;
    elf.add_function("run", elf.add_text(".text", exit_slot), 0, 8);
    Linked const linked = link(elf.build().bytes(), {.entry = {}, .listed = Listed::Exported});
    EXPECT_EQ(names_of(linked.program.entries), Names{"run"});
}

TEST(Linker, TextWithoutSymbolsIsOnePiece) {
    ElfBuilder elf;
    elf.add_text(".text", function(4));
    Linked const linked = link(elf.build().bytes(), {.entry = {}, .listed = Listed::Exported});
    EXPECT_EQ(linked.program.text.slots(), 4u);
    EXPECT_EQ(names_of(linked.program.entries), Names{""});
}

TEST(Linker, RootsAreEntriesAndTheFirstComesFirst) {
    ElfBuilder elf;
    std::uint16_t const text =
        elf.add_text(".text", function(2) + global_call + exit_slot + function(3));
    std::uint32_t const helper = elf.add_function("helper", text, 0, 16);
    elf.add_function("first", text, 16, 16);
    elf.add_function("second", text, 32, 24);
    elf.relocate(text, 16, call32, helper);
    Linked const roots = link(elf.build().bytes());
    EXPECT_EQ(names_of(roots.program.entries), (Names{"first", "second"}));
    EXPECT_EQ(slots_of(roots.program.entries), (Slots{0, 4}));
    // first, helper, second
    EXPECT_EQ(roots.program.text[Pc{0}].imm(), 1);
    EXPECT_EQ(roots.program.text[Pc{0}].src(), 1);
    Linked const all = link(elf.build().bytes(), {.entry = {}, .listed = Listed::Exported});
    EXPECT_EQ(names_of(all.program.entries), (Names{"first", "second", "helper"}));
    EXPECT_EQ(slots_of(all.program.entries), (Slots{0, 4, 2}));
}

TEST(Linker, NamedSectionsComeBeforeText) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", function(1));
    std::uint16_t const hook = elf.add_text("hook/timer", function(2));
    elf.add_function("plain", text, 0, 8);
    elf.add_function("timer", hook, 0, 16);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(names_of(linked.program.entries), (Names{"timer", "plain"}));
    EXPECT_EQ(slots_of(linked.program.entries), (Slots{0, 2}));
}

TEST(Linker, EntryIsChosenByFunctionOrSection) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", function(1) + function(2));
    std::uint16_t const hook = elf.add_text("hook", function(3));
    elf.add_function("a", text, 0, 8);
    elf.add_function("b", text, 8, 16);
    elf.add_function("c", hook, 0, 24);
    Buffer const object = elf.build();
    EXPECT_EQ(names_of(link(object.bytes(), {.entry = "b"}).program.entries),
              (Names{"b", "c", "a"}));
    EXPECT_EQ(slots_of(link(object.bytes(), {.entry = "b"}).program.entries), (Slots{0, 3, 2}));
    EXPECT_EQ(names_of(link(object.bytes(), {.entry = ".text"}).program.entries),
              (Names{"a", "c", "b"}));
    EXPECT_EQ(names_of(link(object.bytes(), {.entry = "hook"}).program.entries),
              (Names{"c", "a", "b"}));
    EXPECT_EQ(link_error(object.bytes(), {.entry = "d"}), (Error{Fault::EntryUnknown, 0, 3}));
    EXPECT_EQ(link_error(object.bytes(), {.entry = ".rodata"}), (Error{Fault::EntryUnknown, 0, 3}));
}

TEST(Linker, AFunctionThatOthersCallCanBeChosenAndAStaticOneCannot) {
    ElfBuilder elf;
    std::uint16_t const text =
        elf.add_text(".text", function(1) + function(2) + global_call + exit_slot);
    elf.add(ElfBuilder::Symbol{"hidden", local_function, 0, text, 0, 8});
    std::uint32_t const called = elf.add_function("called", text, 8, 16);
    elf.add_function("root", text, 24, 16);
    elf.relocate(text, 24, call32, called);
    Buffer const object = elf.build();
    EXPECT_EQ(names_of(link(object.bytes()).program.entries), Names{""});
    EXPECT_EQ(names_of(link(object.bytes(), {.entry = "called"}).program.entries),
              (Names{"called", "root"}));
    EXPECT_EQ(link_error(object.bytes(), {.entry = "hidden"}), (Error{Fault::EntryUnknown, 0, 2}));
}

TEST(Linker, AFunctionThatCallsItselfIsStillARoot) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", function(1) + global_call + exit_slot);
    elf.add_function("other", text, 0, 8);
    std::uint32_t const self = elf.add_function("self", text, 8, 16);
    elf.relocate(text, 8, call32, self);
    EXPECT_EQ(names_of(link(elf.build().bytes()).program.entries), (Names{"other", "self"}));
}

TEST(Linker, PaddingOfLlvmBetweenFunctionsBecomesExit) {
    ElfBuilder elf;
    std::uint16_t const text =
        elf.add_text(".text", exit_slot + "0000001500000000" + "0000001500000000" + exit_slot);
    elf.add_function("first", text, 0, 8);
    elf.add_function("second", text, 24, 8);
    Linked const linked = link(elf.build().bytes());
    for (std::uint32_t slot = 0; slot < 4; ++slot) {
        EXPECT_EQ(linked.program.text[Pc{slot}].opcode(), 0x95);
    }
}

TEST(Linker, WhereEachFunctionIsCalledTheTextStartsAtItsStart) {
    ElfBuilder elf;
    std::uint16_t const text =
        elf.add_text(".text", global_call + exit_slot + global_call + exit_slot);
    std::uint32_t const a = elf.add_function("a", text, 0, 16);
    std::uint32_t const b = elf.add_function("b", text, 16, 16);
    elf.relocate(text, 0, call32, b);
    elf.relocate(text, 16, call32, a);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(linked.program.entries.size(), 1u);
    EXPECT_EQ(linked.program.text[Pc{0}].imm(), 1);
    EXPECT_EQ(linked.program.text[Pc{2}].imm(), -3);
}

TEST(Linker, CallersWhoseSymbolWasStrippedComeFirst) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", global_call + exit_slot + function(2));
    std::uint32_t const kept = elf.add_function("kept", text, 16, 16);
    elf.relocate(text, 0, call32, kept);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(linked.program.text[Pc{0}].opcode(), 0x85);
    EXPECT_EQ(linked.program.entries.size(), 1u);
}

TEST(Linker, HiddenFunctionsAreNoEntries) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", function(1) + function(2) + function(3));
    elf.add(ElfBuilder::Symbol{"hidden", global_function, 2, text, 0, 8});
    elf.add(ElfBuilder::Symbol{"weak", 0x22, 0, text, 8, 16});
    elf.add_function("plain", text, 24, 24);
    EXPECT_EQ(names_of(link(elf.build().bytes()).program.entries), (Names{"weak", "plain"}));
}

TEST(Linker, StaticCallsFollowFunctionsThatMove) {
    ElfBuilder elf;
    // s: exit; t: call s; entry: call t, exit; u: exit
    std::uint16_t const text =
        elf.add_text(".text", exit_slot + "85100000feffffff" + exit_slot + "85100000fdffffff" +
                                  exit_slot + exit_slot);
    elf.add(ElfBuilder::Symbol{"s", local_function, 0, text, 0, 8});
    elf.add(ElfBuilder::Symbol{"t", local_function, 0, text, 8, 16});
    elf.add_function("entry", text, 24, 16);
    Linked const linked = link(elf.build().bytes());
    // entry: 0..1, s: 2, t: 3..4, u: 5
    EXPECT_EQ(linked.program.text[Pc{0}].imm(), 2);
    EXPECT_EQ(linked.program.text[Pc{3}].imm(), -2);
}

TEST(Linker, CallsAcrossSectionsGoThroughSectionSymbols) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", function(1) + function(2));
    std::uint16_t const hook = elf.add_text("hook", "8510000000000000" + exit_slot);
    std::uint32_t const section = elf.add_section_symbol(text);
    elf.add_function("run", hook, 0, 16);
    elf.relocate(hook, 0, call32, section);  // imm 0: byte 8 of .text
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(linked.program.text[Pc{0}].imm(), 2);
}

TEST(Linker, FunctionWithoutASizeReachesToTheEndOfItsSection) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", function(2) + function(3));
    elf.add_function("assembly", text, 16, 0);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(to_hex(linked.program.text.bytes()),
              to_hex(from_hex(function(3) + function(2)).bytes()));
}

TEST(Linker, HelperIdsAreListedOnceAscending) {
    ElfBuilder elf;
    elf.add_text(".text",
                 "8500000060000000 8500000001000000 8500000060000000 8500000000010000" + exit_slot);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(helpers_of(linked.program), (Slots{1, 0x60}));  // 256 is left to the verifier.
}

TEST(Linker, AllRodataIsMergedAndAligned) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + lddw + lddw + exit_slot);
    std::uint16_t const strings = elf.add_rodata(".rodata.str1.1", "616200");
    std::uint16_t const constants = elf.add(ElfBuilder::Section{
        ".rodata.cst16", 1, 0x12, std::vector<std::byte>(16, std::byte{7}), 0, 0, 0, 8});
    std::uint16_t const rodata = elf.add_rodata(".rodata", "0102");
    std::uint32_t const to_constants = elf.add_section_symbol(constants);
    std::uint32_t const object = elf.add(ElfBuilder::Symbol{"b", global_object, 0, rodata, 1, 1});
    elf.relocate(text, 0, wide64, elf.add_section_symbol(strings));
    elf.relocate(text, 16, wide64, to_constants);
    elf.relocate(text, 32, wide64, object);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(to_hex(linked.program.rodata),
              "6162000000000000"
              "07070707070707070707070707070707"
              "0102");
    for (std::uint32_t const slot : {0u, 2u, 4u}) {
        EXPECT_EQ(linked.program.text[Pc{slot}].opcode(), 0xd8);
    }
    EXPECT_EQ(linked.program.text[Pc{0}].imm(), 0);
    EXPECT_EQ(linked.program.text[Pc{2}].imm(), 8);
    EXPECT_EQ(linked.program.text[Pc{4}].imm(), 25);
}

TEST(Linker, WhatIsAlignedTo16IsInMemory) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + lddw + lddw + exit_slot);
    auto const section = [&elf](char const* name, std::uint64_t flags, std::size_t bytes,
                                std::uint64_t alignment) {
        return elf.add(ElfBuilder::Section{
            name, 1, flags, std::vector<std::byte>(bytes, std::byte{7}), 0, 0, 0, alignment});
    };
    section(".data", 3, 3, 1);
    std::uint16_t const constants = section(".rodata.cst16", 2, 16, 16);
    std::uint16_t const rodata = section(".rodata", 2, 2, 8);
    std::uint16_t const bss =
        elf.add(ElfBuilder::Section{".bss", 8, 3, std::vector<std::byte>(4), 0, 0, 0, 16});
    elf.relocate(text, 0, wide64, elf.add_section_symbol(constants));
    elf.relocate(text, 16, wide64, elf.add_section_symbol(rodata));
    elf.relocate(text, 32, wide64, elf.add_section_symbol(bss));
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(to_hex(linked.program.rodata), "0707");
    EXPECT_EQ(to_hex(linked.program.data),
              "07070700000000000000000000000000"
              "07070707070707070707070707070707");
    EXPECT_EQ(linked.program.bss_bytes, 4u);
    EXPECT_EQ(linked.program.text[Pc{0}].opcode(), 0xb8);
    EXPECT_EQ(linked.program.text[Pc{0}].imm(), 16);
    EXPECT_EQ(linked.program.text[Pc{2}].opcode(), 0xd8);
    EXPECT_EQ(linked.program.text[Pc{4}].opcode(), 0xb8);
    EXPECT_EQ(linked.program.text[Pc{4}].imm(), 32);
}

TEST(Linker, AddendsOfWideLoadsAreKeptIn64Bits) {
    ElfBuilder elf;
    std::uint16_t const text =
        elf.add_text(".text", "18010000ffffffff 0000000001000000" + exit_slot);
    std::uint16_t const rodata = elf.add_rodata(".rodata", "0001020304050607");
    elf.relocate(text, 0, wide64, elf.add(ElfBuilder::Symbol{"x", global_object, 0, rodata, 4, 1}));
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(linked.program.text[Pc{0}].imm(), 3);
    EXPECT_EQ(linked.program.text[Pc{1}].imm(), 2);  // Carried.
}

TEST(Linker, DataBssAndCommonAreOneWritableSection) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + lddw + lddw + exit_slot);
    std::uint16_t const data = elf.add_data(".data", "010203");
    std::uint16_t const bss = elf.add_bss(".bss", 12);
    std::uint32_t const in_data = elf.add_section_symbol(data);
    std::uint32_t const in_bss = elf.add(ElfBuilder::Symbol{"z", global_object, 0, bss, 4, 8});
    std::uint32_t const common =
        elf.add(ElfBuilder::Symbol{"c", global_object, 0, ElfBuilder::common, 8, 16});
    elf.relocate(text, 0, wide64, in_data);
    elf.relocate(text, 16, wide64, in_bss);
    elf.relocate(text, 32, wide64, common);
    Linked const linked = link(elf.build().bytes());
    for (std::uint32_t const slot : {0u, 2u, 4u}) {
        EXPECT_EQ(linked.program.text[Pc{slot}].opcode(), 0xb8);
    }
    EXPECT_EQ(linked.program.data.size(), 8u);  // Padded, so that bss starts aligned.
    EXPECT_EQ(linked.program.bss_bytes, 12u + 4u + 16u);
    EXPECT_EQ(linked.program.text[Pc{0}].imm(), 0);
    EXPECT_EQ(linked.program.text[Pc{2}].imm(), 8 + 4);
    EXPECT_EQ(linked.program.text[Pc{4}].imm(), 8 + 16);
}

TEST(Linker, DataMayHoldAddressesOfDataAndRodata) {
    ElfBuilder elf;
    elf.add_text(".text", exit_slot);
    std::uint16_t const rodata = elf.add_rodata(".rodata", "0001020304");
    std::uint16_t const data =
        elf.add_data(".data", "0100000000000000 ffffffffffffffff 0000000000000000");
    std::uint16_t const bss = elf.add_bss(".bss", 8);
    std::uint32_t const to_rodata =
        elf.add(ElfBuilder::Symbol{"r", global_object, 0, rodata, 2, 1});
    std::uint32_t const to_data = elf.add(ElfBuilder::Symbol{"d", global_object, 0, data, 8, 8});
    elf.relocate(data, 0, word64, to_rodata);
    elf.relocate(data, 8, word64, to_data);
    elf.relocate(data, 16, word64, elf.add_section_symbol(bss));
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(to_hex(linked.program.data),
              "0300000000000000"
              "0700000000000000"
              "1800000000000000");
    ASSERT_EQ(linked.program.data_relocation_count(), 3u);
    EXPECT_TRUE(linked.program.data_relocation(0).to_rodata);
    EXPECT_FALSE(linked.program.data_relocation(1).to_rodata);
    EXPECT_EQ(linked.program.data_relocation(1).offset, 8u);
    EXPECT_FALSE(linked.program.data_relocation(2).to_rodata);
}

TEST(Linker, RodataThatHoldsAddressesBecomesData) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + exit_slot);
    std::uint16_t const table = elf.add_rodata(".rodata", "0000000000000000");
    std::uint16_t const strings = elf.add_rodata(".rodata.str1.1", "6100");
    std::uint32_t const names = elf.add(ElfBuilder::Symbol{"names", global_object, 0, table, 0, 8});
    elf.relocate(text, 0, wide64, names);
    elf.relocate(table, 0, word64, elf.add_section_symbol(strings));
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(linked.program.text[Pc{0}].opcode(), 0xb8);
    EXPECT_EQ(linked.program.data.size(), 8u);
    EXPECT_EQ(linked.program.rodata.size(), 2u);
    EXPECT_TRUE(linked.program.data_relocation(0).to_rodata);
}

TEST(Linker, WhatLoadersReadIsLeftOut) {
    ElfBuilder elf;
    elf.add_text(".text", exit_slot);
    elf.add_data("license", "47504c00");
    std::uint16_t const maps = elf.add_data(".maps", "0000000000000000");
    std::uint16_t const frames = elf.add_rodata(".eh_frame", "0000000000000000");
    std::uint16_t const debug =
        elf.add(ElfBuilder::Section{".debug_info", 1, 0, std::vector<std::byte>(16), 0, 0, 0, 1});
    elf.add(
        ElfBuilder::Section{".llvm.other", 1, 0x8000'0002, std::vector<std::byte>(16), 0, 0, 0, 1});
    elf.relocate(maps, 0, word32, 0);
    elf.relocate(frames, 0, 99, 77);
    elf.relocate(debug, 0, word32, 0);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(linked.program.writable_bytes(), 0u);
    EXPECT_TRUE(linked.program.rodata.empty());
}

TEST(Linker, JumpsWithinAFunctionThatMovesStayAsTheyAre) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(
        ".text", function(1) + "0500010000000000" + move_slot + "06000000feffffff" + exit_slot);
    elf.add(ElfBuilder::Symbol{"s", local_function, 0, text, 0, 8});
    elf.add_function("entry", text, 8, 32);
    Linked const linked = link(elf.build().bytes());
    EXPECT_EQ(linked.program.text[Pc{0}].offset(), 1);
    EXPECT_EQ(linked.program.text[Pc{2}].imm(), -2);
}

TEST(Linker, TellsWhereEachSlotCameFrom) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", function(1) + function(2) + function(1));
    std::uint16_t const hook = elf.add_text("hook", function(2));
    elf.add(ElfBuilder::Symbol{"a", local_function, 0, text, 0, 8});
    elf.add_function("b", text, 8, 16);
    elf.add(ElfBuilder::Symbol{"c", local_function, 0, text, 24, 8});
    elf.add_function("d", hook, 0, 16);
    Buffer const object = elf.build();
    LinkOptions const options{.entry = "b"};
    std::vector<TextOrigin> const expected{{text, 8},  {text, 16}, {text, 0},
                                           {text, 24}, {hook, 0},  {hook, 8}};
    for (std::uint32_t slot = 0; slot < expected.size(); ++slot) {
        EXPECT_EQ(*program::text_origin(object.bytes(), options, Pc{slot}), expected[slot]) << slot;
    }
    EXPECT_EQ(fault_of(program::text_origin(object.bytes(), options, Pc{6})),
              Fault::EntryOutOfRange);
    EXPECT_EQ(program::text_origin(object.bytes(), {}, Pc{0})->section, hook);
    EXPECT_EQ(fault_of(program::text_origin(object.first(100), {}, Pc{0})), Fault::Truncated);
}

TEST(Linker, SaysHowMuchRoomItNeeds) {
    Buffer const image = golden("image_calls");
    ElfBuilder elf;
    elf.add_function("run", elf.add_text(".text", function(3)), 0, 24);
    Buffer const object = elf.build();
    Buffer output{std::size_t{256}};
    Result<std::size_t> const needed = program::link_elf(object.bytes(), output.writable(), {});
    ASSERT_TRUE(needed.has_value());
    for (std::size_t size = 0; size < *needed; ++size) {
        Buffer small{size};
        EXPECT_EQ(program::link_elf(object.bytes(), small.writable(), {}).error(),
                  (Error{Fault::OutputTooSmall, 0, std::uint32_t(size), std::uint32_t(*needed)}));
    }
    Buffer exact{*needed};
    EXPECT_TRUE(program::link_elf(object.bytes(), exact.writable(), {}).has_value());
}

TEST(Linker, WritesNothingBehindTheImage) {
    ElfBuilder elf;
    elf.add_function("run", elf.add_text(".text", function(3)), 0, 24);
    Buffer const object = elf.build();
    Buffer output{std::size_t{256}};
    std::fill(output.writable().begin(), output.writable().end(), std::byte{0x5a});
    Result<std::size_t> const bytes = program::link_elf(object.bytes(), output.writable(), {});
    ASSERT_TRUE(bytes.has_value());
    for (std::size_t i = *bytes; i < output.size(); ++i) {
        ASSERT_EQ(output.bytes()[i], std::byte{0x5a}) << i;
    }
}

}  // namespace
}  // namespace mbpf::test
