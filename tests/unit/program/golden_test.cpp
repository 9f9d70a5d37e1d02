// SPDX-License-Identifier: MIT
// Files whose every byte is known: what the loaders read and what linker and encoders write.
#include <gtest/gtest.h>

#include "tests/unit/program/support/compile.hpp"
#include "tests/unit/program/support/elf_builder.hpp"
#include "tests/unit/program/support/link.hpp"
#include "toolkit/layout/layout.hpp"

namespace mbpf::test {
namespace {

using program::Format;
using program::Listed;
using program::Program;
namespace layout = toolkit::layout;

std::string hex_of(layout::Encoded const& encoded) {
    auto const* const file = std::get_if<layout::File>(&encoded);
    return file == nullptr ? "refused: " + std::get<layout::Refusal>(encoded).reason
                           : to_hex(*file);
}

std::string golden_hex(std::string const& name) { return to_hex(golden(name).bytes()); }

// The object of femto_data.hex, as clang lays it out.
Buffer data_object() {
    ElfBuilder elf;
    std::uint16_t const text = elf.add_text(".text",
                                            "1806000000000000 0000000000000000"
                                            "6162000000000000"
                                            "1801000000000000 0000000000000000"
                                            "8500000001000000"
                                            "1801000000000000 0000000000000000"
                                            "8500000001000000"
                                            "6160000000000000"
                                            "9500000000000000");
    std::uint16_t const rodata = elf.add_rodata(".rodata", "763d25640a00");
    std::uint16_t const data = elf.add_data(".data", "07000000");
    std::uint16_t const strings = elf.add_rodata(".rodata.str1.1", "68690a00");
    std::uint32_t const string = elf.add_section_symbol(strings);
    elf.add_function("entry", text, 0, 88);
    std::uint32_t const format = elf.add(ElfBuilder::Symbol{"FMT", global_object, 0, rodata, 0, 6});
    std::uint32_t const counter =
        elf.add(ElfBuilder::Symbol{"counter", global_object, 0, data, 0, 4});
    elf.relocate(text, 0x00, wide64, counter);
    elf.relocate(text, 0x18, wide64, format);
    elf.relocate(text, 0x30, wide64, string);
    return elf.build();
}

Buffer calls_object() {
    ElfBuilder elf;
    std::uint16_t const text =
        elf.add_text(".text",
                     "b701000014000000 85100000ffffffff 9500000000000000"
                     "bf10000000000000 6700000001000000 0700000002000000 9500000000000000");
    elf.add_function("mainf", text, 0, 24);
    std::uint32_t const f = elf.add_function("f", text, 24, 32);
    elf.relocate(text, 8, call32, f);
    return elf.build();
}

TEST(Golden, LinkerWritesTheImageOfAProgramWithData) {
    Linked const linked = link(data_object().bytes());
    EXPECT_EQ(to_hex(linked.image.bytes()), golden_hex("image_data"));
}

TEST(Golden, LinkerWritesTheImageOfAProgramWithCalls) {
    Linked const linked = link(calls_object().bytes(), {.entry = {}, .listed = Listed::Exported});
    EXPECT_EQ(to_hex(linked.image.bytes()), golden_hex("image_calls"));
}

TEST(Golden, FemtoIsWrittenAsUpstreamDoes) {
    Linked const linked = link(data_object().bytes(), {.entry = {}, .listed = Listed::Exported});
    EXPECT_EQ(hex_of(layout::encode_femto(linked.program)), golden_hex("femto_data"));
}

TEST(Golden, ExtendedIsWrittenAsThePrototypeDid) {
    Linked const linked = link(calls_object().bytes(), {.entry = {}, .listed = Listed::Exported});
    EXPECT_EQ(hex_of(layout::encode_extended(linked.program, layout::Calls::Listed)),
              golden_hex("extended_calls"));
}

TEST(Golden, EncoderRepeatsAnImage) {
    for (std::string const name : {"image_data", "image_calls"}) {
        Buffer const file = golden(name);
        Result<Program> const program = program::open_image(file.bytes());
        ASSERT_TRUE(program.has_value()) << name;
        EXPECT_EQ(hex_of(layout::encode_image(*program)), golden_hex(name));
    }
}

TEST(Golden, FemtoOpens) {
    Buffer const file = golden("femto_data");
    Result<Program> const program = program::open_femto(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(program->text.slots(), 11u);
    EXPECT_EQ(to_hex(program->data), "0700000000000000");
    EXPECT_EQ(as_text(program->rodata.first(6)), std::string_view("v=%d\n\0", 6));
    EXPECT_EQ(names_of(program->entries), std::vector<std::string>{"entry"});
    EXPECT_FALSE(program->rights.present);
    EXPECT_EQ(program->format, Format::Femto);
}

TEST(Golden, PrototypeFileOpensAndItsNameEndsWithoutNul) {
    Buffer const file = golden("femto_prototype");
    ASSERT_EQ(*program::detect(file.bytes()), Format::Femto);
    Result<Program> const program = program::open_femto(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(names_of(program->entries), std::vector<std::string>{"entry"});
}

TEST(Golden, ExtendedOpensOnceItsCallsAreResolved) {
    Buffer file = golden("extended_calls");
    ASSERT_EQ(*program::detect(file.bytes()), Format::Extended);
    EXPECT_EQ(program::open_extended(file.bytes()).error(), (Error{Fault::CallNotResolved, 8}));
    ASSERT_TRUE(program::resolve_calls(file.writable()).has_value());
    Result<Program> const program = program::open_extended(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(program->text[Pc{1}].imm(), 1);
    EXPECT_EQ(program->text[Pc{1}].src(), 1);
    EXPECT_EQ(names_of(program->entries), (std::vector<std::string>{"mainf", "f"}));
    EXPECT_EQ(slots_of(program->entries), (std::vector<std::uint32_t>{0, 3}));
    EXPECT_TRUE(program->rights.present);
    EXPECT_EQ(program->rights.helper_count(), 0u);
}

TEST(Golden, ImageOpens) {
    Buffer const file = golden("image_data");
    ASSERT_EQ(*program::detect(file.bytes()), Format::Image);
    Result<Program> const program = program::open_image(file.bytes());
    ASSERT_TRUE(program.has_value());
    EXPECT_EQ(program->text.slots(), 11u);
    EXPECT_EQ(program->rodata.size(), 10u);
    EXPECT_EQ(program->data.size(), 4u);
    EXPECT_EQ(program->writable_bytes(), 8u);
    EXPECT_EQ(helpers_of(*program), std::vector<std::uint32_t>{1});
    EXPECT_EQ(names_of(program->entries), std::vector<std::string>{""});
}

// The objects above are what this compiler makes, so the files are what a user gets.
TEST(Golden, Clang14MakesTheSameFiles) {
    if (!has_tool("clang-14")) {
        GTEST_SKIP() << "no clang-14";
    }
    std::optional<Buffer> const data =
        compile("clang-14",
                "static void *(*print)(const char *, ...) = (void *)1;"
                "const char FMT[] = \"v=%d\\n\"; unsigned counter = 7;"
                "int entry(void *ctx) { print(FMT, counter);"
                " print(\"hi\\n\"); return counter; }",
                {"-Os", "-mcpu=v2"});
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(to_hex(link(data->bytes()).image.bytes()), golden_hex("image_data"));
    std::optional<Buffer> const calls =
        compile("clang-14",
                "__attribute__((noinline)) int f(int);"
                "int mainf(void *ctx) { return f(20); } int f(int x) { return x * 2 + 2; }",
                {"-Os", "-mcpu=v2"});
    ASSERT_TRUE(calls.has_value());
    Linked const linked = link(calls->bytes(), {.entry = {}, .listed = Listed::Exported});
    EXPECT_EQ(to_hex(linked.image.bytes()), golden_hex("image_calls"));
}

}  // namespace
}  // namespace mbpf::test
