// SPDX-License-Identifier: MIT
// Maps as C declares them: read from the object, linked, and in the image.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "mbpf/maps/maps.hpp"
#include "tests/support/source_file.hpp"
#include "tests/unit/program/support/compile.hpp"
#include "toolkit/maps/contents.hpp"
#include "toolkit/maps/declared.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/source/btf_maps.hpp"
#include "toolkit/source/elf_reader.hpp"

namespace mbpf::test {
namespace {

using maps::Kind;
using program::MapRecord;

std::string const prelude =
    "#define __uint(name, value) int (*name)[value]\n"
    "#define __type(name, value) __typeof__(value) *name\n"
    "#define SEC(name) __attribute__((section(name), used))\n"
    "static void *(*const find)(void *, void const *) = (void *)0x90;\n"
    "struct pair { unsigned a; unsigned short b[3]; };\n"
    "typedef struct pair const volatile pair_t;\n";
std::string const one =
    "struct { __uint(type, 1); __type(key, unsigned short); __type(value, pair_t); "
    "__uint(max_entries, 9); } one SEC(\".maps\");\n";
std::string const two =
    "struct { __uint(type, 2); __uint(key_size, 4); __uint(value_size, 8); "
    "__uint(max_entries, 3); __uint(map_flags, 1); } two SEC(\".maps\");\n";
std::string const three =
    "static struct { __uint(type, 27); __uint(max_entries, 64); } three "
    "SEC(\".maps\");\n";

class DeclaredMaps : public testing::Test {
protected:
    void SetUp() override {
        if (clangs().empty()) {
            GTEST_SKIP() << "needs clang";
        }
    }
    static Buffer object_of(std::string const& source, std::string const& debug = "-g") {
        return compile(clangs().front(), prelude + source, {"-O2", debug}).value();
    }
    static std::string problem_of(std::string const& declaration) {
        Buffer const object = object_of(declaration);
        try {
            static_cast<void>(toolkit::maps::read_declared(object.bytes(), "it"));
        } catch (toolkit::Failure const& failure) {
            return failure.problem().reason + ": " + failure.problem().found;
        }
        return "";
    }
    // Of the map of that name: compilers order them as they like.
    static std::size_t index_of(toolkit::maps::Declared const& declared, std::string_view name) {
        std::string_view rest = as_text(declared.names);
        for (std::size_t index = 0; !rest.empty(); ++index) {
            std::size_t const end = rest.find('\0');
            if (rest.substr(0, end) == name) {
                return index;
            }
            rest.remove_prefix(end + 1);
        }
        throw std::runtime_error{"no map is called " + std::string{name}};
    }
    static std::string map_of(std::string const& members) {
        return "struct { " + members + " } m SEC(\".maps\");";
    }
};

TEST_F(DeclaredMaps, AreThoseOfTheSource) {
    for (std::string const& clang : clangs()) {
        std::optional<Buffer> const object = compile(
            clang, prelude + one + two + three + "int f(void *k) { return !find(&three, k); }",
            {"-O2", "-g"});
        ASSERT_TRUE(object.has_value());
        toolkit::maps::Declared const declared =
            toolkit::maps::read_declared(object->bytes(), "it");
        std::span<MapRecord const> const records = mbpf::records<MapRecord>(declared.records);
        ASSERT_EQ(records.size(), 3u) << clang;
        MapRecord const& hash = records[index_of(declared, "one")];
        MapRecord const& array = records[index_of(declared, "two")];
        EXPECT_EQ(hash.kind, Kind::Hash);
        EXPECT_EQ(std::uint16_t(hash.key_bytes), 2u);
        EXPECT_EQ(std::uint32_t(hash.value_bytes), 12u);
        EXPECT_EQ(std::uint32_t(hash.max_entries), 9u);
        EXPECT_EQ(array.kind, Kind::Array);
        EXPECT_EQ(std::uint32_t(array.value_bytes), 8u);
        EXPECT_EQ(records[index_of(declared, "three")].kind, Kind::RingBuffer);
        EXPECT_EQ(declared.bytes, 9u * 24 + 3u * 8 + 72);
        EXPECT_EQ(declared.names.size(), sizeof "one" + sizeof "two" + sizeof "three");
    }
}

TEST_F(DeclaredMaps, AreLoadedByNumber) {
    Buffer const object = object_of(
        one + two + three +
        "int f(void *k) { return !find(&two, k) + 2 * !find(&three, k) + 4 * !find(&one, k); }");
    toolkit::maps::Declared const declared = toolkit::maps::read_declared(object.bytes(), "it");
    Buffer image{16 * 1024};
    Result<std::size_t> const linked =
        program::link_elf(object.bytes(), image.writable(), {.maps = declared.linked()});
    ASSERT_TRUE(linked.has_value());
    Result<program::Program> const program = program::open_image(image.first(*linked));
    ASSERT_TRUE(program.has_value());
    std::vector<std::size_t> loaded;
    for (std::uint32_t slot = 0; slot < program->text.slots(); ++slot) {
        isa::Slot const each = program->text[Pc{slot}];
        if (each.opcode() == 0x18 && each.src() == isa::map_by_index) {
            loaded.push_back(std::size_t(each.imm()));
        }
    }
    EXPECT_EQ(loaded,
              (std::vector<std::size_t>{index_of(declared, "two"), index_of(declared, "three"),
                                        index_of(declared, "one")}));
    EXPECT_EQ(program->rights.map_bytes, declared.bytes);
    EXPECT_TRUE(maps::MapSet::read(*program).has_value());
    EXPECT_EQ(program->data.size() + program->bss_bytes, 0u);  // Declarations take no memory.
}

TEST_F(DeclaredMaps, NeedTheToolkit) {
    Buffer const object = object_of(one + "int f(void *k) { return !find(&one, k); }");
    Buffer image{16 * 1024};
    Result<std::size_t> const linked = program::link_elf(object.bytes(), image.writable(), {});
    ASSERT_FALSE(linked.has_value());
    EXPECT_EQ(linked.error().fault, Fault::MapsNotLinked);
    EXPECT_EQ(linked.error().found, 0u);
}

TEST_F(DeclaredMaps, NeedTypeInformation) {
    Buffer const object = object_of(one + "int f(void *k) { return !find(&one, k); }", "-O2");
    EXPECT_TRUE(toolkit::maps::read_declared(object.bytes(), "it").offsets.empty());
}

TEST_F(DeclaredMaps, AreRefusedWithAReason) {
    std::string const sizes = "__type(key, int); __type(value, int); __uint(max_entries, 4); ";
    EXPECT_EQ(problem_of(map_of("__uint(type, 2); " + sizes)), "");
    EXPECT_EQ(problem_of(map_of("__uint(type, 5); " + sizes)),
              "the declaration of the map m makes no sense: there are no maps of type 5 here");
    std::string const start = "the declaration of the map m makes no sense: ";
    EXPECT_EQ(problem_of(map_of("__uint(type, 2); __uint(pinning, 1); " + sizes)),
              start + "its member pinning has no meaning here");
    EXPECT_EQ(problem_of(map_of("__uint(type, 2); __uint(map_flags, 2); " + sizes)),
              start + "its member map_flags has no meaning here");
    EXPECT_EQ(problem_of(map_of("__uint(type, 2); int key; " + sizes.substr(18))),
              start + "nothing is known of its member key");
    EXPECT_EQ(problem_of(map_of("__uint(type, 2); __type(key, char[70000]); " + sizes.substr(18))),
              start + "its key is too large: 70000");
    EXPECT_EQ(problem_of(map_of("__uint(type, 2); __type(key, struct none); " + sizes.substr(18))),
              start + "nothing is known of its member key");
    EXPECT_EQ(problem_of(map_of(sizes)), start + "4 bytes of key, 4 of value, 4 entries");
    EXPECT_EQ(problem_of(map_of("__uint(type, 27); __uint(max_entries, 48);")),
              start + "0 bytes of key, 0 of value, 48 entries");
    EXPECT_EQ(problem_of(
                  map_of("__uint(type, 1); " + sizes.substr(0, 38) + "__uint(max_entries, 1025);")),
              start + "4 bytes of key, 4 of value, 1025 entries");
    EXPECT_EQ(problem_of("int m SEC(\".maps\");"),
              start + "it is no struct of __uint() and __type()");
}

TEST_F(DeclaredMaps, OfAnyTruncatedTypesAreFewer) {
    Buffer const object = object_of(one + two + three);
    Bytes btf;
    std::vector<toolkit::source::ElfSection> const sections =
        toolkit::source::read_elf_sections(object.bytes());
    for (toolkit::source::ElfSection const& section : sections) {
        btf = section.name == ".BTF" ? section.contents : btf;
    }
    ASSERT_EQ(toolkit::source::read_btf_maps(btf).size(), 3u);
    for (std::size_t size = 0; size < btf.size(); ++size) {
        std::vector<std::byte> const exact{btf.begin(), btf.begin() + std::ptrdiff_t(size)};
        EXPECT_TRUE(toolkit::source::read_btf_maps(exact).empty()) << size;
    }
}

TEST(MapContents, AreKeysAndValues) {
    std::array<MapRecord, 2> const records{MapRecord{Kind::Array, 0, 4, 2, 3, 0},
                                           MapRecord{Kind::RingBuffer, 0, 0, 0, 16, 24}};
    program::Program program;
    program.set_maps(records);
    Bytes const names = as_bytes({"counts\0", 7});
    EXPECT_EQ(toolkit::maps::name_of(names, 0), "counts");
    EXPECT_EQ(toolkit::maps::name_of(names, 1), "1");
    std::vector<std::byte> memory(24);
    memory[8] = std::byte{7};
    maps::Map const map{records[0], memory};
    std::vector<toolkit::maps::Item> const items =
        toolkit::maps::items_of(map, toolkit::maps::Zeros::Omitted);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(toolkit::maps::value_text(items[0].key), "1");
    EXPECT_EQ(toolkit::maps::value_text(items[0].value), "7");
    EXPECT_EQ(toolkit::maps::items_of(map, toolkit::maps::Zeros::Kept).size(), 3u);
    EXPECT_EQ(toolkit::maps::text_of(records[0]),
              "array of 3 entries: 4 -> 2 bytes; 24 bytes of memory");
    EXPECT_EQ(toolkit::maps::text_of(records[1]), "ring buffer of 16 bytes; 24 bytes of memory");
}

}  // namespace
}  // namespace mbpf::test
