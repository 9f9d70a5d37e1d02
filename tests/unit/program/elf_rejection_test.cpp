// SPDX-License-Identifier: MIT
// Objects that are wrong in one place each, and the fault that says so.
#include <gtest/gtest.h>

#include "tests/unit/program/support/elf_builder.hpp"
#include "tests/unit/program/support/link.hpp"

namespace mbpf::test {
namespace {

std::string const exit_slot = "9500000000000000";
std::string const global_call = "85100000ffffffff";
std::string const lddw = "1801000000000000 0000000000000000";

constexpr std::size_t section_type_at = 4;
constexpr std::size_t section_offset_at = 24;
constexpr std::size_t section_size_at = 32;
constexpr std::size_t section_link_at = 40;

Fault fault(ElfBuilder const& elf) { return link_error(elf.build().bytes()).fault; }
Fault fault(Buffer const& object) { return link_error(object.bytes()).fault; }

struct Small {
    ElfBuilder elf;
    std::uint16_t text = elf.add_text(".text", exit_slot);
    std::uint32_t symbol = elf.add_function("run", text, 0, 8);
};

// A text of one LDDW and an exit, with a relocation of the LDDW.
Fault wide_fault(std::uint32_t type, ElfBuilder::Symbol const& symbol,
                 std::string const& text = lddw + exit_slot, std::uint64_t offset = 0) {
    ElfBuilder elf;
    std::uint16_t const section = elf.add_text(".text", text);
    elf.add_rodata(".rodata", "0001020304050607");
    elf.relocate(section, offset, type, elf.add(symbol));
    return fault(elf);
}

ElfBuilder::Symbol in_rodata() { return {"r", global_object, 0, 2, 0, 1}; }

TEST(ElfHeader, MustBeAnObjectForBpf) {
    Buffer const object = Small{}.elf.build();
    ASSERT_EQ(fault(object), Fault::None);
    EXPECT_EQ(fault(object.with(0, std::uint8_t{0x7e})), Fault::FormatUnknown);
    EXPECT_EQ(fault(object.with(4, std::uint8_t{1})), Fault::ElfUnsupported);     // 32 bits
    EXPECT_EQ(fault(object.with(5, std::uint8_t{2})), Fault::ElfUnsupported);     // big-endian
    EXPECT_EQ(fault(object.with(6, std::uint8_t{0})), Fault::ElfUnsupported);     // version
    EXPECT_EQ(fault(object.with(16, std::uint16_t{2})), Fault::ElfUnsupported);   // executable
    EXPECT_EQ(fault(object.with(18, std::uint16_t{62})), Fault::ElfUnsupported);  // x86-64
    EXPECT_EQ(fault(object.with(58, std::uint16_t{40})), Fault::ElfUnsupported);
    EXPECT_EQ(fault(object.first(63).size() == 63 ? Buffer{object.first(63)} : object),
              Fault::Truncated);
}

TEST(ElfHeader, SectionTableMustLieInTheFile) {
    Buffer const object = Small{}.elf.build();
    for (std::uint64_t const offset :
         {std::uint64_t(object.size()), std::uint64_t{0xffff'ffff}, std::uint64_t{1} << 32,
          ~std::uint64_t{0}, ~std::uint64_t{63}}) {
        EXPECT_EQ(fault(object.with(40, offset)), Fault::Truncated) << offset;
    }
    EXPECT_EQ(fault(object.with(60, std::uint16_t{0xffff})), Fault::Truncated);
    EXPECT_EQ(fault(object.with(60, std::uint16_t{0})), Fault::SectionMissing);
}

TEST(ElfHeader, UselessNameTableLeavesSectionsUnnamed) {
    Buffer const object = Small{}.elf.build();
    EXPECT_EQ(fault(object.with(62, std::uint16_t{0xffff})), Fault::None);
    EXPECT_EQ(fault(object.with(62, std::uint16_t{0})), Fault::None);
}

TEST(ElfSections, MustLieInTheFile) {
    Small small;
    Buffer const object = small.elf.build();
    std::size_t const header = small.elf.header_of(small.text);
    for (std::uint64_t const value :
         {std::uint64_t(object.size() + 1), std::uint64_t{0x0fff'ffff}, std::uint64_t{0xffff'fff8},
          std::uint64_t{1} << 32, std::uint64_t{0x1'0000'0008}, ~std::uint64_t{7}}) {
        EXPECT_EQ(fault(object.with(header + section_offset_at, value)), Fault::Truncated) << value;
        EXPECT_EQ(fault(object.with(header + section_size_at, value)), Fault::Truncated) << value;
    }
}

TEST(ElfSections, BssMustFitAnImage) {
    auto const bss_fault = [](std::uint64_t bytes) {
        ElfBuilder elf = Small{}.elf;
        elf.add_bss(".bss", bytes);
        return fault(elf);
    };
    EXPECT_EQ(bss_fault(0xff'ffff), Fault::None);
    EXPECT_EQ(bss_fault(0x100'0000), Fault::SectionMalformed);
    EXPECT_EQ(bss_fault(0x1000'0000), Fault::Truncated);
    EXPECT_EQ(bss_fault(std::uint64_t{1} << 32), Fault::Truncated);
    EXPECT_EQ(bss_fault(0x1'0000'0004), Fault::Truncated);
    EXPECT_EQ(bss_fault(~std::uint64_t{0}), Fault::Truncated);
    ElfBuilder many = Small{}.elf;
    for (int i = 0; i < 40; ++i) {
        many.add_bss(".bss", 0x0fff'ffff);
    }
    EXPECT_EQ(fault(many), Fault::SectionMalformed);
}

TEST(ElfSections, TextMustBeThereInWholeSlots) {
    ElfBuilder none;
    none.add_rodata(".rodata", "01");
    EXPECT_EQ(fault(none), Fault::SectionMissing);
    ElfBuilder part;
    part.add_text(".text", "95000000");
    EXPECT_EQ(fault(part), Fault::LengthNotAligned);
    EXPECT_EQ(fault(ElfBuilder{}), Fault::SectionMissing);
}

TEST(ElfSections, TextMustNotBeTooLong) {
    ElfBuilder elf;
    std::vector<std::byte> const text((program::max_text_slots + 1) * slot_bytes);
    elf.add(ElfBuilder::Section{".text", 1, 6, text, 0, 0, 0, 8});
    EXPECT_EQ(fault(elf), Fault::TextTooLong);
}

TEST(ElfSections, AreLimited) {
    ElfBuilder elf;
    for (int i = 0; i < 49; ++i) {
        elf.add_text("section", exit_slot);
    }
    Buffer const object = elf.build();
    Error const error = link_error(object.bytes());
    EXPECT_EQ(error, (Error{Fault::TooManySections, error.where, 49, 48}));
    Bytes const section = object.bytes().subspan(error.where, slot_bytes);
    EXPECT_EQ(to_hex(section), to_hex(from_hex(exit_slot).bytes()));
    ElfBuilder common = Small{}.elf;
    for (int i = 0; i < 48; ++i) {
        common.add(ElfBuilder::Symbol{"c", global_object, 0, ElfBuilder::common, 4, 4});
    }
    EXPECT_EQ(fault(common), Fault::TooManySections);
}

TEST(ElfFunctions, AreLimited) {
    ElfBuilder elf;
    std::string text;
    for (int i = 0; i < 33; ++i) {
        text += exit_slot;
    }
    std::uint16_t const section = elf.add_text(".text", text);
    for (std::uint64_t i = 0; i < 33; ++i) {
        elf.add_function("f" + std::to_string(i), section, i * 8, 8);
    }
    EXPECT_EQ(link_error(elf.build().bytes()), (Error{Fault::TooManyFunctions, 0, 33, 32}));
}

TEST(ElfFunctions, MustLieInTheirSection) {
    auto const fault_for = [](std::uint64_t value, std::uint64_t size) {
        ElfBuilder elf;
        elf.add_function("f", elf.add_text(".text", exit_slot + exit_slot), value, size);
        return fault(elf);
    };
    EXPECT_EQ(fault_for(8, 8), Fault::None);
    EXPECT_EQ(fault_for(8, 16), Fault::SymbolOutOfRange);
    EXPECT_EQ(fault_for(16, 8), Fault::SymbolOutOfRange);
    EXPECT_EQ(fault_for(4, 8), Fault::SymbolOutOfRange);
    EXPECT_EQ(fault_for(0, 12), Fault::SymbolOutOfRange);
    EXPECT_EQ(fault_for(~std::uint64_t{7}, 8), Fault::SymbolOutOfRange);
    EXPECT_EQ(fault_for(0, ~std::uint64_t{7}), Fault::SymbolOutOfRange);
    EXPECT_EQ(fault_for(0x1'0000'0000, 8), Fault::SymbolOutOfRange);
    EXPECT_EQ(fault_for(0, 0x1'0000'0008), Fault::SymbolOutOfRange);
}

TEST(ElfFunctions, MustNotBeEmpty) {
    auto const fault_for = [](std::uint64_t value, std::uint64_t other_size) {
        ElfBuilder elf;
        std::uint16_t const text = elf.add_text(".text", exit_slot + exit_slot);
        elf.add_function("empty", text, value, 0);
        elf.add_function("other", text, 8, other_size);
        return fault(elf);
    };
    EXPECT_EQ(fault_for(0, 8), Fault::None);  // Hand-written, without a size.
    EXPECT_EQ(fault_for(8, 0), Fault::None);  // Two names of one.
    EXPECT_EQ(fault_for(8, 8), Fault::FunctionEmpty);
    EXPECT_EQ(fault_for(16, 8), Fault::FunctionEmpty);
}

TEST(ElfSections, AreAlignedToAtMost16) {
    auto const fault_for = [](std::uint64_t flags, std::uint64_t alignment) {
        ElfBuilder elf;
        elf.add(ElfBuilder::Section{".text", 1, 6, std::vector<std::byte>(8), 0, 0, 0, 64});
        elf.add(ElfBuilder::Section{".x", 1, flags, std::vector<std::byte>(3), 0, 0, 0, alignment});
        return fault(elf);
    };
    for (std::uint64_t const flags : {2u, 3u}) {
        for (std::uint64_t const alignment : {0u, 1u, 8u, 16u, 12u}) {
            EXPECT_EQ(fault_for(flags, alignment), Fault::None) << alignment;
        }
        EXPECT_EQ(fault_for(flags, 32), Fault::AlignmentUnsupported);
        EXPECT_EQ(fault_for(flags, 1u << 31), Fault::AlignmentUnsupported);
    }
    EXPECT_EQ(fault_for(0, 4096), Fault::None);  // Takes no memory.
}

TEST(ElfWideLoads, TakeAddressesOfDataOnly) {
    EXPECT_EQ(wide_fault(wide64, in_rodata()), Fault::None);
    EXPECT_EQ(wide_fault(wide64, {"f", global_function, 0, 1, 0, 8}), Fault::RelocationUnsupported);
    EXPECT_EQ(wide_fault(wide64, {"text", 3, 0, 1, 0, 0}), Fault::RelocationUnsupported);
    EXPECT_EQ(wide_fault(wide64, {"absolute", global_object, 0, 0xfff1, 0, 0}),
              Fault::RelocationUnsupported);
    EXPECT_EQ(wide_fault(wide64, {"extern", 0x10, 0, 0, 0, 0}), Fault::SymbolUndefined);
    EXPECT_EQ(wide_fault(wide64, {"nowhere", global_object, 0, 99, 0, 0}),
              Fault::RelocationUnsupported);
}

TEST(ElfWideLoads, NeedTheRightTypeOnAPlainLddw) {
    for (std::uint32_t const type : {0u, word64, word32, 4u, call32, 11u}) {
        EXPECT_EQ(wide_fault(type, in_rodata()), Fault::RelocationUnsupported) << type;
    }
    EXPECT_EQ(wide_fault(wide64, in_rodata(), exit_slot + exit_slot), Fault::RelocationUnsupported);
    EXPECT_EQ(wide_fault(wide64, in_rodata(), "1811000000000000 0000000000000000" + exit_slot),
              Fault::RelocationUnsupported);  // Source 1: a map, resolved by someone else.
    EXPECT_EQ(wide_fault(wide64, in_rodata(), exit_slot + "1801000000000000", 8),
              Fault::RelocationUnsupported);  // No second half.
    EXPECT_EQ(wide_fault(wide64, in_rodata(), lddw + exit_slot, 8), Fault::RelocationUnsupported);
}

TEST(ElfWideLoads, MapsMustHaveBeenDeclaredToTheLinker) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + exit_slot);
    std::uint16_t const maps = elf.add_data(".maps", "0000000000000000");
    elf.relocate(text, 0, wide64, elf.add(ElfBuilder::Symbol{"map", global_object, 0, maps, 0, 8}));
    EXPECT_EQ(fault(elf), Fault::MapsNotLinked);
}

TEST(ElfRelocations, MustNameSlotsOfTheSectionInOrder) {
    for (std::uint64_t const offset :
         {std::uint64_t{4}, std::uint64_t{24}, std::uint64_t{1000}, ~std::uint64_t{7},
          std::uint64_t{1} << 32, std::uint64_t{0x1'0000'0008}}) {
        EXPECT_EQ(wide_fault(wide64, in_rodata(), lddw + exit_slot, offset),
                  Fault::RelocationOutOfRange)
            << offset;
    }
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + lddw + exit_slot);
    elf.add_rodata(".rodata", "00");
    std::uint32_t const symbol = elf.add(in_rodata());
    elf.relocate(text, 16, wide64, symbol);
    elf.relocate(text, 0, wide64, symbol);
    EXPECT_EQ(fault(elf), Fault::RelocationOutOfRange);
    ElfBuilder twice;
    std::uint16_t const other = twice.add_text(".text", lddw + exit_slot);
    twice.add_rodata(".rodata", "00");
    std::uint32_t const same = twice.add(in_rodata());
    twice.relocate(other, 0, wide64, same);
    twice.relocate(other, 0, wide64, same);
    EXPECT_EQ(fault(twice), Fault::RelocationOutOfRange);
}

TEST(ElfRelocations, MustNameASymbolThatExists) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + global_call + exit_slot);
    elf.relocate(text, 0, wide64, 5);
    EXPECT_EQ(fault(elf), Fault::SymbolOutOfRange);
    ElfBuilder call;
    call.relocate(call.add_text(".text", global_call + exit_slot), 0, call32, 0xffff'ffff);
    EXPECT_EQ(fault(call), Fault::SymbolOutOfRange);
}

TEST(ElfRelocations, WithAddendsAreRefused) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + exit_slot);
    elf.add_rodata(".rodata", "00");
    elf.relocate(text, 0, wide64, elf.add(in_rodata()));
    elf.relocation_type = 4;
    EXPECT_EQ(fault(elf), Fault::ElfUnsupported);
}

TEST(ElfRelocations, MustUseTheSymbolTable) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", lddw + exit_slot);
    elf.add_rodata(".rodata", "00");
    elf.relocate(text, 0, wide64, elf.add(in_rodata()));
    std::uint16_t const rel = 3;
    Buffer const object = elf.build();
    EXPECT_EQ(fault(object.with(elf.header_of(rel) + section_link_at, std::uint32_t{0})),
              Fault::ElfUnsupported);
    EXPECT_EQ(fault(object.with(elf.header_of(rel) + section_link_at, std::uint32_t{99})),
              Fault::ElfUnsupported);
    // No symbol table at all.
    EXPECT_EQ(fault(object.with(elf.header_of(rel + 1) + section_type_at, std::uint32_t{1})),
              Fault::ElfUnsupported);
}

TEST(ElfRelocations, OfBssAreRefused) {
    ElfBuilder elf = Small{}.elf;
    std::uint16_t const bss = elf.add_bss(".bss", 8);
    elf.relocate(bss, 0, word64, 1);
    EXPECT_EQ(fault(elf), Fault::ElfUnsupported);
}

TEST(ElfCalls, MustReachAFunction) {
    auto const relocated = [](ElfBuilder::Symbol const& symbol, std::uint32_t type = call32,
                              std::string const& call = global_call) {
        ElfBuilder elf;
        std::uint16_t const text = elf.add_text(".text", call + exit_slot);
        elf.add_rodata(".rodata", "00");
        elf.relocate(text, 0, type, elf.add(symbol));
        return fault(elf);
    };
    EXPECT_EQ(relocated({"f", local_function, 0, 1, 8, 8}), Fault::None);
    EXPECT_EQ(relocated({"extern", 0x10, 0, 0, 0, 0}), Fault::SymbolUndefined);
    EXPECT_EQ(relocated(in_rodata()), Fault::RelocationUnsupported);
    EXPECT_EQ(relocated({"f", local_function, 0, 1, 8, 8}, wide64), Fault::RelocationUnsupported);
    EXPECT_EQ(relocated({"f", local_function, 0, 1, 16, 8}), Fault::CallNotResolved);
    EXPECT_EQ(relocated({"f", local_function, 0, 1, 4, 8}), Fault::CallNotResolved);
    EXPECT_EQ(relocated({"f", local_function, 0, 1, ~std::uint64_t{7}, 8}),
              Fault::SymbolOutOfRange);
    EXPECT_EQ(relocated({"t", 3, 0, 1, 0, 0}, call32, "8510000001000000"), Fault::CallNotResolved);
    EXPECT_EQ(relocated({"t", 3, 0, 1, 0, 0}, call32, "85100000feffffff"), Fault::CallNotResolved);
    EXPECT_EQ(relocated({"t", 3, 0, 1, 0, 0}, call32, "85100000ffffff7f"), Fault::CallNotResolved);
    EXPECT_EQ(relocated({"t", 3, 0, 1, 0, 0}, call32, "8510000000000080"), Fault::CallNotResolved);
}

TEST(ElfCalls, WithoutRelocationMustStayInTheirSection) {
    auto const plain = [](std::string const& call) {
        ElfBuilder elf;
        elf.add_text(".text", call + exit_slot);
        elf.add_text("other", exit_slot);
        return fault(elf);
    };
    EXPECT_EQ(plain("8510000000000000"), Fault::None);
    EXPECT_EQ(plain("8510000001000000"), Fault::CallNotResolved);
    EXPECT_EQ(plain("85100000feffffff"), Fault::CallNotResolved);
    EXPECT_EQ(plain("85100000ffffff7f"), Fault::CallNotResolved);
}

TEST(ElfJumps, MustNotLeaveThePieceThatMovesWithThem) {
    auto const moved = [](std::string const& first, std::string const& last) {
        ElfBuilder elf;
        std::uint16_t const text = elf.add_text(".text", first + exit_slot + last);
        elf.add_function("entry", text, 8, 8);
        return fault(elf);
    };
    EXPECT_EQ(moved(exit_slot, exit_slot), Fault::None);
    EXPECT_EQ(moved("0500000000000000", exit_slot), Fault::JumpOutOfFunction);  // Into entry.
    EXPECT_EQ(moved("0500010000000000", exit_slot), Fault::JumpOutOfFunction);  // Over entry.
    EXPECT_EQ(moved("1500010000000000", exit_slot), Fault::JumpOutOfFunction);
    EXPECT_EQ(moved("0600000001000000", exit_slot), Fault::JumpOutOfFunction);
    EXPECT_EQ(moved(exit_slot, "1600fdff00000000"), Fault::JumpOutOfFunction);
    EXPECT_EQ(moved(exit_slot, "0500ffff00000000"), Fault::None);               // Onto itself.
    EXPECT_EQ(moved(exit_slot, "0500000000000000"), Fault::JumpOutOfFunction);  // Out of .text.
    EXPECT_EQ(moved(exit_slot, "0600000000000080"), Fault::JumpOutOfFunction);
}

TEST(ElfData, HoldsWordsOf64BitsThatPointToData) {
    auto const data_fault = [](std::uint32_t type, std::uint16_t section, std::uint64_t offset) {
        ElfBuilder elf;
        elf.add_text(".text", exit_slot);                                          // 1
        elf.add_rodata(".rodata", "0001020304050607");                             // 2
        std::uint16_t const data = elf.add_data(".data", "00000000000000000000");  // 3
        elf.relocate(data, offset, type, elf.add(ElfBuilder::Symbol{"s", 0, 0, section, 0, 0}));
        return fault(elf);
    };
    EXPECT_EQ(data_fault(word64, 2, 0), Fault::None);
    EXPECT_EQ(data_fault(word64, 3, 2), Fault::None);
    EXPECT_EQ(data_fault(word64, 1, 0), Fault::RelocationUnsupported);  // A function pointer.
    EXPECT_EQ(data_fault(word64, 0, 0), Fault::SymbolUndefined);
    EXPECT_EQ(data_fault(word64, 2, 3), Fault::RelocationOutOfRange);
    EXPECT_EQ(data_fault(word64, 2, ~std::uint64_t{0}), Fault::RelocationOutOfRange);
    EXPECT_EQ(data_fault(word64, 2, std::uint64_t{1} << 32), Fault::RelocationOutOfRange);
    for (std::uint32_t const type : {0u, wide64, word32, 4u, call32}) {
        EXPECT_EQ(data_fault(type, 2, 0), Fault::RelocationUnsupported) << type;
    }
}

TEST(ElfData, RelocationsMustNotOverlap) {
    auto const pair = [](std::uint64_t first, std::uint64_t second) {
        ElfBuilder elf;
        elf.add_text(".text", exit_slot);
        std::uint16_t const data =
            elf.add_data(".data", "00000000000000000000000000000000 0000000000000000");
        std::uint32_t const symbol = elf.add_section_symbol(data);
        elf.relocate(data, first, word64, symbol);
        elf.relocate(data, second, word64, symbol);
        return fault(elf);
    };
    EXPECT_EQ(pair(0, 8), Fault::None);
    EXPECT_EQ(pair(0, 7), Fault::RelocationOutOfRange);
    EXPECT_EQ(pair(8, 0), Fault::RelocationOutOfRange);
    EXPECT_EQ(pair(0, 0), Fault::RelocationOutOfRange);
}

TEST(ElfData, ConstructorsAreFunctionPointersAndRefused) {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text", exit_slot);
    std::uint16_t const array =
        elf.add(ElfBuilder::Section{".init_array", 14, 3, std::vector<std::byte>(8), 0, 0, 0, 8});
    elf.relocate(array, 0, word64, elf.add_section_symbol(text));
    EXPECT_EQ(fault(elf), Fault::RelocationUnsupported);
}

TEST(ElfOutput, MustBeAligned) {
    Buffer const object = Small{}.elf.build();
    for (std::size_t shift = 1; shift < 8; ++shift) {
        Buffer output{Buffer{std::size_t{256}}.bytes(), shift};
        EXPECT_EQ(program::link_elf(object.bytes(), output.writable(), {}).error(),
                  (Error{Fault::AddressNotAligned, 0, std::uint32_t(shift), 8}));
    }
}

TEST(ElfInput, MayLieAtAnyAddress) {
    Buffer const object = Small{}.elf.build();
    for (std::size_t shift = 0; shift < 8; ++shift) {
        EXPECT_EQ(fault(Buffer{object.bytes(), shift}), Fault::None);
    }
}

}  // namespace
}  // namespace mbpf::test
