// SPDX-License-Identifier: MIT
// Real programs through every clang on this machine, at every instruction set version and
// optimisation, plain and stripped: linked, written in every layout, opened again, compared.
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/program/support/compile.hpp"
#include "tests/unit/program/support/link.hpp"
#include "toolkit/layout/layout.hpp"

namespace mbpf::test {
namespace {

using program::Format;
using program::Listed;
using program::Program;
namespace layout = toolkit::layout;

struct Source {
    std::string name;
    std::string text;
    std::vector<std::string> entries;  // Roots, the first one first; "" for a single one.
    bool has_addresses_in_data = false;
};

std::string const prelude =
    "typedef unsigned u32; typedef unsigned long long u64;\n"
    "static int (*print)(char const *, ...) = (void *)0x01;\n"
    "static u64 (*now)(void) = (void *)0x60;\n"
    "#define noinline __attribute__((noinline))\n"
    "#define section(name) __attribute__((section(name), used))\n";

std::vector<Source> const sources{
    {"plain", "int run(void *ctx) { return *(int *)ctx + 1; }", {""}},
    {"helpers", "int run(void *ctx) { return print(\"a\") + now() + print(\"b\"); }", {""}},
    {"statics",
     "static noinline int twice(int x) { return x * 2 + now(); }\n"
     "static noinline int more(int x) { return twice(x) + twice(x + 1); }\n"
     "int run(u64 *ctx) { return more(ctx[0]) + twice(ctx[1]); }",
     {""}},
    {"globals",
     "noinline int twice(int x) { return x * 2 + now(); }\n"
     "int run(u64 *ctx) { return twice(ctx[0]) + twice(ctx[1]); }",
     {""}},
    {"sections",
     "noinline int shared(int x) { return x * 2 + now(); }\n"
     "section(\"hook/timer\") int timer(u64 *ctx) { return shared(ctx[0]); }\n"
     "section(\"hook/boot\") int boot(u64 *ctx) { return shared(ctx[1]); }\n"
     "int plain(u64 *ctx) { return shared(3); }",
     {"timer", "boot", "plain"}},
    {"data",
     "u32 counter = 7; static u32 hidden = 5; u32 zeros[4]; static u64 sum;\n"
     "char const text[] = \"text\"; static unsigned char const table[16] = {3, 1, 4, 1, 5};\n"
     "int run(u32 *ctx) { counter++; hidden += counter; zeros[*ctx & 3] += hidden; sum += "
     "counter;\n"
     " return print(text) + table[*ctx & 15] + print(\"other\") + zeros[2] + sum; }",
     {""}},
    {"addresses",
     "char const *const names[] = {\"zero\", \"one\", \"two\"}; u32 value = 3; u32 *where = "
     "&value;\n"
     "static u64 zero; u64 *nowhere = &zero + 0; u32 *const constant = &value;\n"
     "int run(u32 *ctx) { where += *ctx & 1; return print(names[*ctx % 3]) + *where + *nowhere\n"
     " + *constant; }",
     {""},
     true},
    {"license",
     "char _license[] section(\"license\") = \"GPL\"; int run(void *ctx) { return 0; }",
     {""}},
    {"loop",
     "int run(unsigned char *ctx) { u32 a = 1, b = 0; for (u32 i = 0; i < ctx[0]; ++i) {\n"
     " a = (a + ctx[i]) % 65521; b = (b + a) % 65521; } return b << 16 | a; }",
     {""}},
};

struct Variant {
    std::string clang;
    std::vector<std::string> flags;

    [[nodiscard]] std::string name() const {
        std::string text = clang;
        for (std::string const& flag : flags) {
            text += " " + flag;
        }
        return text;
    }
};

std::vector<Variant> variants() {
    std::vector<Variant> all;
    for (std::string const& clang : clangs()) {
        int const version = std::atoi(clang.substr(clang.find_last_of('-') + 1).c_str());
        for (std::string const cpu : {"v1", "v2", "v3", "v4"}) {
            if (cpu == "v4" && version < 18) {
                continue;
            }
            for (std::string const level : {"-O0", "-O1", "-O2", "-Os"}) {
                all.push_back({clang, {"-mcpu=" + cpu, level, "-g"}});
            }
        }
        all.push_back({clang, {"-O2"}});
        all.push_back({clang, {"-O2", "-fcommon", "-ffunction-sections", "-fdata-sections"}});
    }
    return all;
}

void expect_same_contents(Program const& got, Program const& wanted, std::string const& what) {
    EXPECT_EQ(to_hex(got.text.bytes()), to_hex(wanted.text.bytes())) << what;
    ASSERT_GE(got.rodata.size(), wanted.rodata.size()) << what;
    EXPECT_TRUE(equal(got.rodata.first(wanted.rodata.size()), wanted.rodata)) << what;
    ASSERT_GE(got.data.size() + got.bss_bytes, wanted.data.size() + wanted.bss_bytes) << what;
    EXPECT_TRUE(equal(got.data.first(wanted.data.size()), wanted.data)) << what;
    for (std::size_t i = wanted.data.size(); i < got.data.size(); ++i) {
        EXPECT_EQ(got.data[i], std::byte{0}) << what;  // bss, and padding.
    }
    EXPECT_EQ(got.writable_bytes(), wanted.writable_bytes()) << what;
}

// Writes `program` in `format` and opens the result.
void round_trip(Program const& program, Format format, Source const& source,
                std::string const& what) {
    layout::Encoded const encoded = layout::encode(program, format);
    auto const* const file = std::get_if<layout::File>(&encoded);
    if (file == nullptr) {
        layout::Refusal const& refusal = std::get<layout::Refusal>(encoded);
        // What -O2 folds away may be data at -O0.
        bool const has_data = program.rodata.size() + program.writable_bytes() != 0;
        bool const is_text_with_data = format == Format::Text && has_data;
        EXPECT_TRUE(source.has_addresses_in_data || is_text_with_data) << what << refusal.reason;
        return;
    }
    Buffer const bytes{*file};
    ASSERT_EQ(*program::detect(bytes.bytes()), format) << what;
    Result<Program> const opened = program::open(bytes.bytes(), format);
    ASSERT_TRUE(opened.has_value()) << what << " fault " << unsigned(opened.error().fault);
    expect_same_contents(*opened, program, what);
    if (format == Format::Text) {
        return;
    }
    EXPECT_EQ(names_of(opened->entries), names_of(program.entries)) << what;
    EXPECT_EQ(slots_of(opened->entries), slots_of(program.entries)) << what;
    if (format == Format::Image) {
        EXPECT_EQ(to_hex(opened->data_relocations), to_hex(program.data_relocations)) << what;
    }
    if (format != Format::Femto) {
        EXPECT_EQ(helpers_of(*opened), helpers_of(program)) << what;
    }
}

std::size_t size_of(layout::Encoded const& encoded) {
    auto const* const file = std::get_if<layout::File>(&encoded);
    return file == nullptr ? 0 : file->size();
}

class Compiled : public ::testing::Test {
protected:
    void SetUp() override {
        if (clangs().empty()) {
            GTEST_SKIP() << "no clang";
        }
    }

    // What `check` says of every source in every variant.
    template <class Check>
    void each(Check const& check) {
        for (Variant const& variant : variants()) {
            for (Source const& source : sources) {
                std::optional<Buffer> const object =
                    compile(variant.clang, prelude + source.text, variant.flags);
                ASSERT_TRUE(object.has_value()) << source.name << " " << variant.name();
                check(source, *object, source.name + ", " + variant.name() + ": ");
            }
        }
    }
};

TEST_F(Compiled, ProgramsLinkAndSurviveEveryLayout) {
    std::size_t programs = 0;
    each([&programs](Source const& source, Buffer const& object, std::string const& what) {
        // At -O0 helpers are called through pointers in data: CALLX, which nothing can run.
        Linked const roots = link(object.bytes());
        EXPECT_EQ(names_of(roots.program.entries), source.entries) << what;
        Linked const all = link(object.bytes(), {.entry = {}, .listed = Listed::Exported});
        for (Format const format : {Format::Text, Format::Femto, Format::Extended, Format::Image}) {
            round_trip(all.program, format, source, what);
        }
        ++programs;
    });
    EXPECT_GE(programs, sources.size());
}

TEST_F(Compiled, ImageIsNeverLargerThanFemto) {
    std::size_t compared = 0;
    each([&compared](Source const&, Buffer const& object, std::string const& what) {
        Linked const roots = link(object.bytes());
        Linked const all = link(object.bytes(), {.entry = {}, .listed = Listed::Exported});
        std::size_t const femto = size_of(layout::encode_femto(all.program));
        if (femto != 0) {
            std::size_t const image = size_of(layout::encode_image(
                roots.program, {.rights = layout::RightsSection::Omitted, .lines = {}}));
            EXPECT_LE(image, femto) << what;
            EXPECT_NE(image, 0u) << what;
            ++compared;
        }
    });
    EXPECT_GT(compared, 0u);
}

TEST_F(Compiled, StrippedObjectsLinkToTheSameContents) {
    std::string tool;
    for (int version = 22; version >= 14 && tool.empty(); --version) {
        std::string const name = "llvm-strip-" + std::to_string(version);
        tool = has_tool(name) ? name : "";
    }
    if (tool.empty()) {
        GTEST_SKIP() << "no llvm-strip";
    }
    for (Source const& source : sources) {
        std::optional<Buffer> const object =
            compile(clangs().back(), prelude + source.text, {"-O2", "-g", "-mcpu=v3"});
        ASSERT_TRUE(object.has_value()) << source.name;
        Linked const whole = link(object->bytes());
        std::optional<Buffer> const without_debug = strip(tool, *object, {"-g"});
        ASSERT_TRUE(without_debug.has_value()) << source.name;
        EXPECT_EQ(to_hex(link(without_debug->bytes()).image.bytes()), to_hex(whole.image.bytes()))
            << source.name;
        // With all symbols gone that relocations do not name, order and names may differ; data may
        // not.
        std::optional<Buffer> const bare = strip(tool, *object, {"--strip-unneeded"});
        ASSERT_TRUE(bare.has_value()) << source.name;
        Linked const stripped = link(bare->bytes());
        EXPECT_EQ(stripped.program.text.slots(), whole.program.text.slots()) << source.name;
        EXPECT_EQ(to_hex(stripped.program.rodata), to_hex(whole.program.rodata)) << source.name;
        EXPECT_EQ(to_hex(stripped.program.data), to_hex(whole.program.data)) << source.name;
    }
}

TEST_F(Compiled, ExternalFunctionsAreNamedUndefined) {
    std::optional<Buffer> const object =
        compile(clangs().back(), "extern int missing(int); int run(void *c) { return missing(1); }",
                {"-O2"});
    ASSERT_TRUE(object.has_value());
    EXPECT_EQ(link_error(object->bytes()).fault, Fault::SymbolUndefined);
}

TEST_F(Compiled, FunctionPointersAreRefused) {
    std::optional<Buffer> const object =
        compile(clangs().back(),
                "int one(void) { return 1; } int two(void) { return 2; }"
                "int (*volatile table[])(void) = {one, two};"
                "int run(int *c) { return (long)table[*c & 1]; }",
                {"-O2"});
    ASSERT_TRUE(object.has_value());
    EXPECT_EQ(link_error(object->bytes()).fault, Fault::RelocationUnsupported);
}

TEST_F(Compiled, TwoCompilationsGiveTheSameImage) {
    Source const& source = sources[6];
    std::optional<Buffer> const first =
        compile(clangs().front(), prelude + source.text, {"-O2", "-g"});
    std::optional<Buffer> const second =
        compile(clangs().front(), prelude + source.text, {"-O2", "-g"});
    ASSERT_TRUE(first.has_value() && second.has_value());
    EXPECT_EQ(to_hex(link(first->bytes()).image.bytes()),
              to_hex(link(second->bytes()).image.bytes()));
}

}  // namespace
}  // namespace mbpf::test
