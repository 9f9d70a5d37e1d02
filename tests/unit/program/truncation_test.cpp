// SPDX-License-Identifier: MIT
// Every prefix of every format, and every single wrong byte: no crash, and no wrong success.
#include <gtest/gtest.h>

#include "tests/unit/program/support/elf_builder.hpp"
#include "tests/unit/program/support/link.hpp"

namespace mbpf::test {
namespace {

using program::Format;

std::string const names[] = {"image_data", "image_calls", "femto_data", "femto_prototype"};

Format format_of(Buffer const& file) { return *program::detect(file.bytes()); }

Buffer resolved_extended() {
    Buffer file = golden("extended_calls");
    EXPECT_TRUE(program::resolve_calls(file.writable()).has_value());
    return file;
}

// Reads everything that a view leads to, so that a sanitizer sees what is out of bounds.
std::size_t read_all(program::Program const& program) {
    std::size_t sum = 0;
    for (Bytes const bytes : {program.text.bytes(), program.rodata, program.data, program.lines,
                              program.data_relocations, program.rights.helper_ids}) {
        for (std::byte const byte : bytes) {
            sum += std::size_t(byte);
        }
    }
    for (std::uint32_t i = 0; i < program.entries.size(); ++i) {
        program::Entry const entry = program.entries.at(i);
        EXPECT_LT(entry.pc.slot, program.text.slots());
        sum += entry.name.size();
        EXPECT_TRUE(entry.name.empty() || program.entries.find(entry.name).has_value());
    }
    for (std::uint32_t i = 0; i < program.data_relocation_count(); ++i) {
        EXPECT_LE(program.data_relocation(i).offset + 8u, program.data.size());
    }
    return sum;
}

TEST(Truncation, NoPrefixOfAFileOpens) {
    for (std::string const& name : names) {
        Buffer const file = golden(name);
        for (std::size_t size = 0; size < file.size(); ++size) {
            Buffer const prefix{file.first(size)};  // Its own buffer: a sanitizer sees its end.
            EXPECT_FALSE(program::open(prefix.bytes(), format_of(file)).has_value())
                << name << " " << size;
        }
    }
}

TEST(Truncation, NoPrefixOfAnExtendedFileOpensExceptWithFewerHelpers) {
    Buffer const file = resolved_extended().longer(3);  // Three ids.
    for (std::size_t size = 0; size < file.size(); ++size) {
        Buffer prefix{file.first(size)};
        bool const has_all_but_ids = size >= file.size() - 3;
        EXPECT_EQ(program::open_extended(prefix.bytes()).has_value(), has_all_but_ids) << size;
        EXPECT_EQ(program::resolve_calls(prefix.writable()).has_value(), has_all_but_ids) << size;
    }
}

TEST(Truncation, PrefixesOfTextAreTextInWholeSlots) {
    Buffer const file = from_hex("b700000001000000 b700000002000000 9500000000000000");
    for (std::size_t size = 0; size < file.size(); ++size) {
        EXPECT_EQ(program::open_text(Buffer{file.first(size)}.bytes()).has_value(),
                  size != 0 && size % 8 == 0);
    }
}

Buffer rich_object() {
    ElfBuilder elf;
    std::uint16_t const text =
        elf.add_text(".text",
                     "9500000000000000 1801000000000000 0000000000000000 85100000ffffffff"
                     "9500000000000000");
    std::uint16_t const rodata = elf.add_rodata(".rodata", "0000000000000000");
    std::uint16_t const data = elf.add_data(".data", "0000000000000000");
    std::uint16_t const strings = elf.add_rodata(".rodata.str1.1", "6100");
    elf.add_bss(".bss", 8);
    std::uint32_t const f = elf.add_function("f", text, 0, 8);
    elf.add_function("entry", text, 8, 32);
    elf.relocate(text, 8, wide64, elf.add_section_symbol(data));
    elf.relocate(text, 24, call32, f);
    elf.relocate(rodata, 0, word64, elf.add_section_symbol(strings));
    elf.relocate(data, 0, word64, elf.add_section_symbol(rodata));
    return elf.build();
}

TEST(Truncation, NoPrefixOfAnObjectLinks) {
    Buffer const object = rich_object();
    Buffer output{std::size_t{4096}};
    ASSERT_TRUE(program::link_elf(object.bytes(), output.writable(), {}).has_value());
    for (std::size_t size = 0; size < object.size(); ++size) {
        // The last section is the one of section names, whose loss nothing but names would notice.
        EXPECT_FALSE(program::link_elf(Buffer{object.first(size)}.bytes(), output.writable(), {})
                         .has_value())
            << size;
    }
}

TEST(WrongBytes, NeverLeadOutOfTheFile) {
    std::vector<Buffer> files{resolved_extended()};
    for (std::string const& name : names) {
        files.push_back(golden(name));
    }
    std::size_t opened = 0;
    for (Buffer const& file : files) {
        for (std::size_t at = 0; at < file.size(); ++at) {
            for (unsigned const value : {0x00u, 0x01u, 0x7fu, 0x80u, 0xffu}) {
                Buffer const changed = file.with(at, std::uint8_t(value));
                Result<program::Program> const program =
                    program::open(changed.bytes(), format_of(file));
                if (program.has_value()) {
                    ++opened;
                    read_all(*program);
                }
            }
        }
    }
    EXPECT_GT(opened, 0u);  // Most bytes of a file are contents, and any contents will do.
}

TEST(WrongBytes, InAnObjectLinkToAnImageThatOpensOrToNone) {
    Buffer const object = rich_object();
    std::size_t linked = 0;
    for (std::size_t at = 0; at < object.size(); ++at) {
        for (unsigned const value : {0x00u, 0x01u, 0x02u, 0x08u, 0x7fu, 0x80u, 0xffu}) {
            Buffer const changed = object.with(at, std::uint8_t(value));
            Buffer output{std::size_t{4096}};
            Result<std::size_t> const bytes =
                program::link_elf(changed.bytes(), output.writable(), {});
            if (!bytes.has_value()) {
                EXPECT_NE(bytes.error().fault, Fault::None);
                continue;
            }
            Buffer const image{output.first(*bytes)};
            Result<program::Program> const program = program::open_image(image.bytes());
            ASSERT_TRUE(program.has_value())
                << "byte " << at << " = " << value << ": fault " << unsigned(program.error().fault);
            read_all(*program);
            ++linked;
            for (std::uint32_t slot = 0; slot < program->text.slots(); ++slot) {
                EXPECT_TRUE(program::text_origin(changed.bytes(), {}, Pc{slot}).has_value());
            }
        }
    }
    EXPECT_GT(linked, 0u);
}

}  // namespace
}  // namespace mbpf::test
