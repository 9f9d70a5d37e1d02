// SPDX-License-Identifier: MIT
// The opcode table against the registry of RFC 9669 (tests/vectors/opcodes.csv), both ways.
#include "mbpf/isa/isa.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/opcode_registry.hpp"

namespace mbpf::isa {
namespace {

static_assert(opcodes.size() == std::size_t(std::ranges::count_if(
                                    shapes, [](Shape shape) { return shape != Shape::Invalid; })),
              "no opcode has two rows");
static_assert(shape_of(0x00) == Shape::Invalid, "0 marks the second slot of LDDW");
static_assert(class_of(0x18) == Class::Ld && class_of(0xff) == Class::Alu64);
static_assert(access_bytes(0x61) == 4 && access_bytes(0x69) == 2 && access_bytes(0x71) == 1);
static_assert(access_bytes(0x79) == 8 && access_bytes(0xdb) == 8 && access_bytes(0xc3) == 4);
static_assert(is_wide(Shape::Wide) && is_wide(Shape::WideSection) && !is_wide(Shape::Load));
static_assert(atomic_writes_source(0x01) && atomic_writes_source(0xe1));
static_assert(!atomic_writes_source(0xf1) && !atomic_writes_source(0x00));

// The registry as published leaves out the sign-extending loads of section 5.2.
std::set<unsigned> const missing_in_registry{0x81, 0x89, 0x91};

std::string_view name_of(Group group) {
    switch (group) {
        case Group::Base32: return "base32";
        case Group::Base64: return "base64";
        case Group::Divmul32: return "divmul32";
        case Group::Divmul64: return "divmul64";
        case Group::Atomic32: return "atomic32";
        case Group::Atomic64: return "atomic64";
        case Group::Packet: return "packet";
        case Group::Ours: return "ours";
    }
    return "?";
}

TEST(OpcodeTable, HasEveryOpcodeOfTheRegistry) {
    for (test::RegistryRow const& row : test::opcode_registry()) {
        bool const is_tail_of_lddw = row.opcode == 0;
        EXPECT_EQ(shape_of(row.opcode) == Shape::Invalid, is_tail_of_lddw) << unsigned(row.opcode);
    }
}

TEST(OpcodeTable, HasNoOtherOpcodesButOurOwn) {
    std::set<unsigned> known = missing_in_registry;
    for (test::RegistryRow const& row : test::opcode_registry()) {
        known.insert(row.opcode);
    }
    for (Row const& row : opcodes) {
        EXPECT_EQ(known.contains(row.opcode), row.group != Group::Ours) << unsigned(row.opcode);
    }
}

TEST(OpcodeTable, AgreesWithTheRegistryOnGroups) {
    for (test::RegistryRow const& expected : test::opcode_registry()) {
        auto const row = std::ranges::find(opcodes, expected.opcode, &Row::opcode);
        // Byte swaps of 64 bits are base64; the table has one row for all widths.
        bool const is_wide_swap =
            expected.imm == 0x40 && row != opcodes.end() && row->shape == Shape::ByteSwap;
        if (row != opcodes.end() && !is_wide_swap) {
            EXPECT_EQ(name_of(row->group), expected.group) << unsigned(expected.opcode);
        }
    }
}

TEST(OpcodeTable, KnowsTheAtomicOperationsOfTheRegistry) {
    std::set<std::int32_t> known;
    for (test::RegistryRow const& row : test::opcode_registry()) {
        if (shape_of(row.opcode) == Shape::AtomicReg) {
            known.insert(row.imm.value());
        }
    }
    for (std::int32_t imm = -0x200; imm <= 0x200; ++imm) {
        EXPECT_EQ(is_atomic_operation(imm), known.contains(imm)) << imm;
    }
    EXPECT_FALSE(is_atomic_operation(0x100 + 0xe1));
}

TEST(OpcodeTable, NamesEveryRow) {
    for (Row const& row : opcodes) {
        EXPECT_FALSE(row.mnemonic.empty()) << unsigned(row.opcode);
    }
}

}  // namespace
}  // namespace mbpf::isa
