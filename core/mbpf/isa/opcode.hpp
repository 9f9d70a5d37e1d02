// SPDX-License-Identifier: MIT
// The opcode table: the one place that knows which opcodes exist, how they are written and which
// of their fields mean something. The decoder, the verifier, the interpreter, the disassembler and
// the table in SPEC.md all read it. RFC 9669 sections 4 and 5, and its IANA registry.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mbpf/isa/config.hpp"

namespace mbpf::isa {

// Instruction classes, bits 0..2 of an opcode (RFC 9669 section 3.1).
enum class Class : std::uint8_t { Ld, Ldx, St, Stx, Alu, Jmp, Jmp32, Alu64 };

// Bits 4..7 of an ALU opcode (RFC 9669 section 4.1).
enum class Alu : std::uint8_t {
    Add = 0x00,
    Sub = 0x10,
    Mul = 0x20,
    Div = 0x30,
    Or = 0x40,
    And = 0x50,
    Lsh = 0x60,
    Rsh = 0x70,
    Neg = 0x80,
    Mod = 0x90,
    Xor = 0xa0,
    Mov = 0xb0,
    Arsh = 0xc0,
    End = 0xd0,
};

// Bits 4..7 of a JMP opcode (RFC 9669 section 4.3).
enum class Jump : std::uint8_t {
    Always = 0x00,
    Eq = 0x10,
    Gt = 0x20,
    Ge = 0x30,
    Set = 0x40,
    Ne = 0x50,
    Sgt = 0x60,
    Sge = 0x70,
    Call = 0x80,
    Exit = 0x90,
    Lt = 0xa0,
    Le = 0xb0,
    Slt = 0xc0,
    Sle = 0xd0,
};

// Bits 3..4 of a load or store opcode (RFC 9669 section 5).
enum class Size : std::uint8_t { Word = 0x00, Half = 0x08, Byte = 0x10, Double = 0x18 };

// Bits 5..7 of a load or store opcode (RFC 9669 section 5).
enum class Mode : std::uint8_t {
    Imm = 0x00,
    Abs = 0x20,
    Ind = 0x40,
    Mem = 0x60,
    MemSx = 0x80,
    Atomic = 0xc0,
};

// Immediates of an atomic operation (RFC 9669 section 5.3). Fetch may be added to the first four.
enum class Atomic : std::uint8_t {
    Add = 0x00,
    Or = 0x40,
    And = 0x50,
    Xor = 0xa0,
    Fetch = 0x01,
    Exchange = 0xe1,
    CompareExchange = 0xf1,
};

inline constexpr std::uint8_t source_register = 0x08;  // Bit 3 of ALU and JMP opcodes.

// Opcodes that code names one by one.
enum class Opcode : std::uint8_t {
    Ja = 0x05,
    Ja32 = 0x06,
    Add64Imm = 0x07,
    Lddw = 0x18,
    Rsh64Imm = 0x77,
    LoadDouble = 0x79,
    StoreDouble = 0x7b,
    Call = 0x85,
    Exit = 0x95,
    LddwData = 0xb8,  // Femto-Containers: dst = address of data + imm64.
    Mov32Reg = 0xbc,
    Mov64Reg = 0xbf,
    LddwRodata = 0xd8,  // Femto-Containers: dst = address of rodata + imm64.
};

// How an instruction uses its fields. Everything a shape does not name must be zero.
enum class Shape : std::uint8_t {
    Invalid,
    AluImm,      // dst op= imm
    AluReg,      // dst op= src
    DivideImm,   // as AluImm; offset 1 selects the signed operation
    DivideReg,   // as AluReg; offset 1 selects the signed operation
    MoveReg,     // dst = src; offset 8, 16 (and 32 in ALU64) sign-extends
    Negate,      // dst = -dst
    ByteSwap,    // dst = swap(dst), imm is the width
    JumpAlways,  // pc += offset
    JumpLong,    // pc += imm
    JumpImm,     // if dst op imm: pc += offset
    JumpReg,     // if dst op src: pc += offset
    Call,        // src 0: helper imm; src 1: function at pc + 1 + imm
    Exit,
    Load,          // dst = *(src + offset)
    StoreImm,      // *(dst + offset) = imm
    StoreReg,      // *(dst + offset) = src
    AtomicReg,     // *(dst + offset) op= src, imm is the operation
    Wide,          // dst = imm64; src tells a loader how to resolve it
    WideSection,   // dst = address of a section + imm64
    LegacyPacket,  // refused by name
    CallRegister,  // refused by name
};

// Conformance groups (RFC 9669 section 2.4). Ours marks what the RFC does not have.
enum class Group : std::uint8_t {
    Base32,
    Base64,
    Divmul32,
    Divmul64,
    Atomic32,
    Atomic64,
    Packet,
    Ours
};

struct Row {
    std::uint8_t opcode{};
    Shape shape{};
    Group group{};
    std::string_view mnemonic{};  // As RFC 9669 names the operation, lower case.
    std::string_view symbol{};    // As LLVM writes it: "+=", "==", "u8", ...
};

namespace detail {

struct AluRow {
    Alu code;
    std::string_view mnemonic;
    std::string_view symbol;
};

inline constexpr std::array alu_rows{
    AluRow{Alu::Add, "add", "+="},  AluRow{Alu::Sub, "sub", "-="},
    AluRow{Alu::Mul, "mul", "*="},  AluRow{Alu::Div, "div", "/="},
    AluRow{Alu::Or, "or", "|="},    AluRow{Alu::And, "and", "&="},
    AluRow{Alu::Lsh, "lsh", "<<="}, AluRow{Alu::Rsh, "rsh", ">>="},
    AluRow{Alu::Mod, "mod", "%="},  AluRow{Alu::Xor, "xor", "^="},
    AluRow{Alu::Mov, "mov", "="},   AluRow{Alu::Arsh, "arsh", "s>>="},
};

struct JumpRow {
    Jump code;
    std::string_view mnemonic;
    std::string_view symbol;
};

inline constexpr std::array jump_rows{
    JumpRow{Jump::Eq, "jeq", "=="},    JumpRow{Jump::Gt, "jgt", ">"},
    JumpRow{Jump::Ge, "jge", ">="},    JumpRow{Jump::Set, "jset", "&"},
    JumpRow{Jump::Ne, "jne", "!="},    JumpRow{Jump::Sgt, "jsgt", "s>"},
    JumpRow{Jump::Sge, "jsge", "s>="}, JumpRow{Jump::Lt, "jlt", "<"},
    JumpRow{Jump::Le, "jle", "<="},    JumpRow{Jump::Slt, "jslt", "s<"},
    JumpRow{Jump::Sle, "jsle", "s<="},
};

struct SizeRow {
    Size code;
    std::string_view unsigned_type;
    std::string_view signed_type;
};

inline constexpr std::array size_rows{
    SizeRow{Size::Word, "u32", "s32"},
    SizeRow{Size::Half, "u16", "s16"},
    SizeRow{Size::Byte, "u8", "s8"},
    SizeRow{Size::Double, "u64", "s64"},
};

class Rows {
public:
    static constexpr std::size_t capacity = 160;

    consteval void add(unsigned opcode, Shape shape, Group group, std::string_view mnemonic,
                       std::string_view symbol = {}) {
        rows[count++] = {std::uint8_t(opcode), shape, group, mnemonic, symbol};
    }

    std::array<Row, capacity> rows{};
    std::size_t count = 0;
};

consteval void add_arithmetic(Rows& rows) {
    for (AluRow const& row : alu_rows) {
        bool const divides = row.code == Alu::Div || row.code == Alu::Mod;
        bool const moves = row.code == Alu::Mov;
        bool const divmul = divides || row.code == Alu::Mul;
        Shape const imm = divides ? Shape::DivideImm : Shape::AluImm;
        Shape const reg = divides ? Shape::DivideReg : moves ? Shape::MoveReg : Shape::AluReg;
        Group const group32 = divmul ? Group::Divmul32 : Group::Base32;
        Group const group64 = divmul ? Group::Divmul64 : Group::Base64;
        unsigned const code = unsigned(row.code);
        rows.add(code | unsigned(Class::Alu), imm, group32, row.mnemonic, row.symbol);
        rows.add(code | unsigned(Class::Alu) | source_register, reg, group32, row.mnemonic,
                 row.symbol);
        rows.add(code | unsigned(Class::Alu64), imm, group64, row.mnemonic, row.symbol);
        rows.add(code | unsigned(Class::Alu64) | source_register, reg, group64, row.mnemonic,
                 row.symbol);
    }
    rows.add(0x84, Shape::Negate, Group::Base32, "neg", "-");
    rows.add(0x87, Shape::Negate, Group::Base64, "neg", "-");
    rows.add(0xd4, Shape::ByteSwap, Group::Base32, "le", "le");  // Width 64 is base64.
    rows.add(0xdc, Shape::ByteSwap, Group::Base32, "be", "be");
    rows.add(0xd7, Shape::ByteSwap, Group::Base32, "bswap", "bswap");
}

consteval void add_jumps(Rows& rows) {
    rows.add(0x05, Shape::JumpAlways, Group::Base32, "ja", "goto");
    rows.add(0x06, Shape::JumpLong, Group::Base32, "ja", "gotol");
    rows.add(0x85, Shape::Call, Group::Base32, "call", "call");
    rows.add(0x95, Shape::Exit, Group::Base32, "exit", "exit");
    rows.add(0x8d, Shape::CallRegister, Group::Ours, "callx", "callx");
    for (JumpRow const& row : jump_rows) {
        unsigned const code = unsigned(row.code);
        rows.add(code | unsigned(Class::Jmp), Shape::JumpImm, Group::Base64, row.mnemonic,
                 row.symbol);
        rows.add(code | unsigned(Class::Jmp) | source_register, Shape::JumpReg, Group::Base64,
                 row.mnemonic, row.symbol);
        rows.add(code | unsigned(Class::Jmp32), Shape::JumpImm, Group::Base32, row.mnemonic,
                 row.symbol);
        rows.add(code | unsigned(Class::Jmp32) | source_register, Shape::JumpReg, Group::Base32,
                 row.mnemonic, row.symbol);
    }
}

consteval void add_memory(Rows& rows) {
    for (SizeRow const& row : size_rows) {
        bool const is_double = row.code == Size::Double;
        Group const group = is_double ? Group::Base64 : Group::Base32;
        unsigned const mem = unsigned(Mode::Mem) | unsigned(row.code);
        rows.add(mem | unsigned(Class::Ldx), Shape::Load, group, "ldx", row.unsigned_type);
        rows.add(mem | unsigned(Class::St), Shape::StoreImm, group, "st", row.unsigned_type);
        rows.add(mem | unsigned(Class::Stx), Shape::StoreReg, group, "stx", row.unsigned_type);
        if (!is_double) {
            unsigned const opcode =
                unsigned(Mode::MemSx) | unsigned(row.code) | unsigned(Class::Ldx);
            rows.add(opcode, Shape::Load, Group::Base64, "ldxs", row.signed_type);
            unsigned const abs = unsigned(Mode::Abs) | unsigned(row.code) | unsigned(Class::Ld);
            unsigned const ind = unsigned(Mode::Ind) | unsigned(row.code) | unsigned(Class::Ld);
            rows.add(abs, Shape::LegacyPacket, Group::Packet, "ldabs", row.unsigned_type);
            rows.add(ind, Shape::LegacyPacket, Group::Packet, "ldind", row.unsigned_type);
        }
    }
    rows.add(0xc3, Shape::AtomicReg, Group::Atomic32, "atomic", "u32");
    rows.add(0xdb, Shape::AtomicReg, Group::Atomic64, "atomic", "u64");
    rows.add(0x18, Shape::Wide, Group::Base64, "lddw", "ll");
    rows.add(0xb8, Shape::WideSection, Group::Ours, "lddwd", "data");
    rows.add(0xd8, Shape::WideSection, Group::Ours, "lddwr", "rodata");
}

consteval Rows build() {
    Rows rows;
    add_arithmetic(rows);
    add_jumps(rows);
    add_memory(rows);
    return rows;
}

inline constexpr Rows built = build();

}  // namespace detail

// Every opcode that has a name, in no particular order.
inline constexpr auto opcodes = [] {
    std::array<Row, detail::built.count> rows{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = detail::built.rows[i];
    }
    return rows;
}();

namespace detail {

constexpr Shape shape_in_build(Row const& row) {
    auto const family = Class(row.opcode & 7);
    bool const is_later = family == Class::Jmp32 || row.shape == Shape::AtomicReg ||
                          (family == Class::Ldx && (row.opcode & 0xe0) == unsigned(Mode::MemSx));
    return config::is_smallest && is_later ? Shape::Invalid : row.shape;
}

}  // namespace detail

// Shape of every opcode: the projection that a device needs, 256 bytes.
inline constexpr std::array<Shape, 256> shapes = [] {
    std::array<Shape, 256> result{};
    for (Row const& row : opcodes) {
        result[row.opcode] = detail::shape_in_build(row);
    }
    return result;
}();

[[nodiscard]] constexpr Shape shape_of(std::uint8_t opcode) { return shapes[opcode]; }

[[nodiscard]] constexpr Class class_of(std::uint8_t opcode) { return Class(opcode & 7); }

// Bytes that a load, store or atomic opcode moves: a digit each for Word, Half, Byte, Double.
[[nodiscard]] constexpr std::uint32_t access_bytes(std::uint8_t opcode) {
    return 0x8124u >> ((opcode & 0x18) >> 1) & 0xf;
}
static_assert(access_bytes(std::uint8_t(Size::Word)) == 4);
static_assert(access_bytes(std::uint8_t(Size::Half)) == 2);
static_assert(access_bytes(std::uint8_t(Size::Byte)) == 1);
static_assert(access_bytes(std::uint8_t(Size::Double)) == 8);

// Whether `imm` names an atomic operation (RFC 9669 section 5.3).
[[nodiscard]] constexpr bool is_atomic_operation(std::int32_t imm) {
    switch (imm) {
        case 0x00:
        case 0x01:
        case 0x40:
        case 0x41:
        case 0x50:
        case 0x51:
        case 0xa0:
        case 0xa1:
        case 0xe1:
        case 0xf1: return true;
        default: return false;
    }
}

// Whether an atomic operation writes the register that held its operand.
[[nodiscard]] constexpr bool atomic_writes_source(std::int32_t imm) {
    return (imm & std::int32_t(Atomic::Fetch)) != 0 && imm != std::int32_t(Atomic::CompareExchange);
}

// Whether an instruction of this shape spans two slots.
[[nodiscard]] constexpr bool is_wide(Shape shape) {
    return shape == Shape::Wide || shape == Shape::WideSection;
}

}  // namespace mbpf::isa
