// SPDX-License-Identifier: MIT
// Reserved fields and registers. What is reserved comes from the registry of RFC 9669
// (tests/vectors/opcodes.csv), not from the table that the verifier uses.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "tests/support/opcode_registry.hpp"
#include "tests/support/print.hpp"
#include "tests/support/verify.hpp"

namespace mbpf::test {
namespace {

using isa::make_slot;
using isa::Slot;

constexpr std::uint32_t at = 1;  // Where the instruction stands in `around`.

// Room on both sides for jumps; behind the exit, where a call by 2 slots leads, a function.
Code around(Slot slot) {
    bool const is_wide = slot.opcode() == 0x18;
    return join({mov64(r0, 0), slot, is_wide ? Code{Slot{}} : Code{}, mov64(r0, 0), leave(),
                 mov64(r0, 0), leave()});
}

bool is_refused_by_name(RegistryRow const& row) { return row.group == "packet"; }
bool is_tail(RegistryRow const& row) { return row.opcode == 0; }
bool is_map_load(RegistryRow const& row) { return row.opcode == 0x18 && row.src != 0; }
bool is_btf_call(RegistryRow const& row) { return row.opcode == 0x85 && row.src == 2; }

std::vector<RegistryRow> rows() {
    std::vector<RegistryRow> kept;
    std::ranges::copy_if(opcode_registry(), std::back_inserter(kept), [](RegistryRow const& row) {
        return !is_refused_by_name(row) && !is_tail(row) && !is_map_load(row) && !is_btf_call(row);
    });
    for (unsigned const opcode : {0x81u, 0x89u, 0x91u}) {  // Sign-extending loads
        kept.push_back({std::uint8_t(opcode), std::nullopt, std::nullopt, 0, "base64"});
    }
    return kept;
}

// JA, CALL and EXIT have no destination; everything else has.
bool has_dst(std::uint8_t opcode) {
    return opcode != 0x05 && opcode != 0x06 && opcode != 0x85 && opcode != 0x95;
}

// An acceptable instruction of this row: r1 and r2 where registers go.
Slot plain(RegistryRow const& row) {
    std::uint8_t const src = row.src ? std::uint8_t(*row.src) : 2;
    std::uint8_t const dst = has_dst(row.opcode) ? 1 : 0;
    bool const is_local_call = row.opcode == 0x85 && src == 1;
    bool const is_long_jump = row.opcode == 0x06;
    std::int32_t const imm = row.imm ? *row.imm : is_long_jump ? 0 : is_local_call ? 2 : 1;
    return make_slot(row.opcode, dst, src, std::int16_t(row.offset.value_or(0)), imm);
}

Slot with_fields(Slot slot, std::uint8_t dst, std::uint8_t src, std::int16_t offset,
                 std::int32_t imm) {
    return make_slot(slot.opcode(), dst, src, offset, imm);
}

// Opcodes whose offset or immediate selects what they do: other faults than Reserved.
bool has_offset_meaning(std::uint8_t opcode) {
    unsigned const code = opcode & 0xf0u;
    unsigned const kind = opcode & 7u;
    bool const is_alu = kind == 4 || kind == 7;
    return is_alu && (code == 0x30 || code == 0x90 || (code == 0xb0 && (opcode & 8) != 0));
}
bool has_imm_meaning(std::uint8_t opcode) {
    return opcode == 0xc3 || opcode == 0xdb || opcode == 0xd4 || opcode == 0xdc || opcode == 0xd7;
}
bool has_src_meaning(std::uint8_t opcode) { return opcode == 0x18 || opcode == 0x85; }

TEST(VerifyFields, AcceptsEveryRowOfTheRegistry) {
    for (RegistryRow const& row : rows()) {
        EXPECT_EQ(verify_error(around(plain(row))), Error{}) << unsigned(row.opcode);
    }
}

TEST(VerifyFields, RefusesADestinationWhereThereIsNone) {
    int count = 0;
    for (RegistryRow const& row : rows()) {
        Slot const slot = plain(row);
        if (has_dst(row.opcode)) {
            continue;
        }
        for (std::uint8_t dst = 1; dst < 16; ++dst) {
            ++count;
            EXPECT_EQ(
                verify_error(around(with_fields(slot, dst, slot.src(), slot.offset(), slot.imm()))),
                (Error{Fault::DestinationReserved, at, dst, 0}));
        }
    }
    EXPECT_EQ(count, 15 * 5);  // JA twice, both kinds of CALL, EXIT
}

TEST(VerifyFields, RefusesASourceWhereThereIsNone) {
    int count = 0;
    for (RegistryRow const& row : rows()) {
        Slot const slot = plain(row);
        if (!row.src || has_src_meaning(row.opcode)) {
            continue;
        }
        for (std::uint8_t src = 1; src < 16; ++src) {
            ++count;
            EXPECT_EQ(
                verify_error(around(with_fields(slot, slot.dst(), src, slot.offset(), slot.imm()))),
                (Error{Fault::SourceReserved, at, src, 0}))
                << unsigned(row.opcode);
        }
    }
    EXPECT_GT(count, 15 * 60);
}

TEST(VerifyFields, RefusesAnOffsetWhereThereIsNone) {
    int count = 0;
    for (RegistryRow const& row : rows()) {
        Slot const slot = plain(row);
        if (!row.offset || has_offset_meaning(row.opcode)) {
            continue;
        }
        for (int const offset : {1, 2, 8, 16, 32, -1, 0x7fff, -0x8000}) {
            ++count;
            EXPECT_EQ(verify_error(around(with_fields(slot, slot.dst(), slot.src(),
                                                      std::int16_t(offset), slot.imm()))),
                      (Error{Fault::OffsetReserved, at, std::uint32_t(offset), 0}))
                << unsigned(row.opcode);
        }
    }
    EXPECT_GT(count, 8 * 40);
}

TEST(VerifyFields, RefusesAnImmediateWhereThereIsNone) {
    int count = 0;
    for (RegistryRow const& row : rows()) {
        Slot const slot = plain(row);
        if (!row.imm || has_imm_meaning(row.opcode)) {
            continue;
        }
        for (std::int32_t const imm : {1, 2, 0x80, 0x10000, -1, INT32_MAX, INT32_MIN}) {
            ++count;
            EXPECT_EQ(
                verify_error(around(with_fields(slot, slot.dst(), slot.src(), slot.offset(), imm))),
                (Error{Fault::ImmediateReserved, at, std::uint32_t(imm), 0}))
                << unsigned(row.opcode);
        }
    }
    EXPECT_GT(count, 7 * 50);
}

TEST(VerifyFields, ReportsTheFirstOfSeveral) {
    EXPECT_EQ(verify_error(make_slot(0x95, 1, 2, 3, 4)),
              (Error{Fault::DestinationReserved, 0, 1, 0}));
    EXPECT_EQ(verify_error(make_slot(0x95, 0, 2, 3, 4)), (Error{Fault::SourceReserved, 0, 2, 0}));
    EXPECT_EQ(verify_error(make_slot(0x95, 0, 0, 3, 4)), (Error{Fault::OffsetReserved, 0, 3, 0}));
    EXPECT_EQ(verify_error(make_slot(0x95, 0, 0, 0, 4)),
              (Error{Fault::ImmediateReserved, 0, 4, 0}));
    EXPECT_EQ(verify_error(make_slot(0x95, 0, 0, 0, 0)), Error{});
}

TEST(VerifyRegisters, RefusesR11ToR15AsDestination) {
    for (RegistryRow const& row : rows()) {
        Slot const slot = plain(row);
        for (std::uint8_t reg = 11; reg < 16 && has_dst(row.opcode); ++reg) {
            EXPECT_EQ(
                verify_error(around(with_fields(slot, reg, slot.src(), slot.offset(), slot.imm()))),
                (Error{Fault::RegisterUnknown, at, reg, 10}))
                << unsigned(row.opcode);
        }
    }
}

TEST(VerifyRegisters, RefusesR11ToR15AsSource) {
    for (RegistryRow const& row : rows()) {
        Slot const slot = plain(row);
        for (std::uint8_t reg = 11; reg < 16 && !row.src; ++reg) {
            EXPECT_EQ(
                verify_error(around(with_fields(slot, slot.dst(), reg, slot.offset(), slot.imm()))),
                (Error{Fault::RegisterUnknown, at, reg, 10}))
                << unsigned(row.opcode);
        }
    }
}

// Of classes ALU, ALU64, LDX and LD the destination is written; jumps and stores read it.
bool writes_dst(std::uint8_t opcode) {
    unsigned const kind = opcode & 7u;
    return kind == 4 || kind == 7 || kind == 1 || kind == 0;
}

TEST(VerifyRegisters, LetsNothingWriteR10) {
    int refused = 0;
    for (RegistryRow const& row : rows()) {
        if (!has_dst(row.opcode)) {
            continue;
        }
        Slot const slot = plain(row);
        Error const expected =
            writes_dst(row.opcode) ? Error{Fault::FramePointerWritten, at, 10, 9} : Error{};
        refused += writes_dst(row.opcode) ? 1 : 0;
        EXPECT_EQ(
            verify_error(around(with_fields(slot, 10, slot.src(), slot.offset(), slot.imm()))),
            expected)
            << unsigned(row.opcode);
    }
    EXPECT_GT(refused, 60);
}

TEST(VerifyRegisters, LetsNoAtomicOperationFetchIntoR10) {
    for (isa::Size const size : {isa::Size::Word, isa::Size::Double}) {
        for (std::int32_t const operation : {0x01, 0x41, 0x51, 0xa1, 0xe1}) {
            EXPECT_EQ(verify_error(around(atomic(size, operation, r1, 0, r10))),
                      (Error{Fault::FramePointerWritten, at, 10, 9}))
                << operation;
            EXPECT_EQ(verify_error(around(atomic(size, operation, r10, -8, r9))), Error{});
        }
        // These only read it: the fetched value of a comparison goes to r0.
        for (std::int32_t const operation : {0x00, 0x40, 0x50, 0xa0, 0xf1}) {
            EXPECT_EQ(verify_error(around(atomic(size, operation, r1, 0, r10))), Error{})
                << operation;
        }
    }
}

TEST(VerifyRegisters, LetsR10BeReadEverywhere) {
    for (Slot const slot : {mov64(r1, r10), mov32(r1, r10), alu64(isa::Alu::Sub, r1, r10),
                            store(isa::Size::Double, r10, -8, r10),
                            load(isa::Size::Byte, r1, r10, -1), jump64(isa::Jump::Eq, r10, r10, 0),
                            jump32(isa::Jump::Gt, r10, 5, 0), store(isa::Size::Word, r10, -4, 7)}) {
        EXPECT_EQ(verify_error(around(slot)), Error{});
    }
}

TEST(VerifyFields, ChecksOurOwnAddressLoads) {
    std::vector<std::byte> const data(8);
    for (std::uint8_t const opcode : {std::uint8_t{0xb8}, std::uint8_t{0xd8}}) {
        auto const error = [&](Slot first) {
            std::vector<std::byte> const text = bytes_of(join({first, Slot{}, leave()}));
            program::Program program;
            program.text = isa::Text{text};
            program.data = data;
            program.rodata = data;
            return verify_error(program, generous_policy());
        };
        EXPECT_EQ(error(make_slot(opcode, 1, 0, 0, 0)), Error{});
        EXPECT_EQ(error(make_slot(opcode, 9, 0, 0, 7)), Error{});
        EXPECT_EQ(error(make_slot(opcode, 1, 1, 0, 0)), (Error{Fault::SourceReserved, 0, 1, 0}));
        EXPECT_EQ(error(make_slot(opcode, 1, 0, 1, 0)), (Error{Fault::OffsetReserved, 0, 1, 0}));
        EXPECT_EQ(error(make_slot(opcode, 10, 0, 0, 0)),
                  (Error{Fault::FramePointerWritten, 0, 10, 9}));
        EXPECT_EQ(error(make_slot(opcode, 11, 0, 0, 0)),
                  (Error{Fault::RegisterUnknown, 0, 11, 10}));
    }
}

}  // namespace
}  // namespace mbpf::test
