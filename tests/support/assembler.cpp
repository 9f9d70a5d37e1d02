// SPDX-License-Identifier: MIT
#include "tests/support/assembler.hpp"

#include <cstring>

#include "tests/support/hex.hpp"

namespace mbpf::test {

namespace {

using isa::Class;
using isa::make_slot;
using isa::Mode;
using isa::Slot;

std::uint8_t opcode(unsigned code, Class kind, unsigned source = 0) {
    return std::uint8_t(code | unsigned(kind) | source);
}

std::uint8_t memory_opcode(isa::Size size, Mode mode, Class kind) {
    return std::uint8_t(unsigned(size) | unsigned(mode) | unsigned(kind));
}

Code wide(std::uint8_t opcode, Register dst, std::uint64_t value) {
    return Code{{make_slot(opcode, dst.number, 0, 0, std::int32_t(value)),
                 make_slot(0, 0, 0, 0, std::int32_t(value >> 32))}};
}

}  // namespace

Code join(std::initializer_list<Code> pieces) {
    Code all;
    for (Code const& piece : pieces) {
        all.slots.insert(all.slots.end(), piece.slots.begin(), piece.slots.end());
    }
    return all;
}

Code repeat(std::size_t times, Code const& piece) {
    Code all;
    for (std::size_t i = 0; i < times; ++i) {
        all = join({all, piece});
    }
    return all;
}

std::vector<std::byte> bytes_of(Code const& code) {
    std::vector<std::byte> bytes(code.slots.size() * slot_bytes);
    if (!bytes.empty()) {
        std::memcpy(bytes.data(), code.slots.data(), bytes.size());
    }
    return bytes;
}

std::string hex_of(Code const& code) { return to_hex(bytes_of(code)); }

Slot alu64(isa::Alu operation, Register dst, std::int32_t imm) {
    return make_slot(opcode(unsigned(operation), Class::Alu64), dst.number, 0, 0, imm);
}
Slot alu64(isa::Alu operation, Register dst, Register src) {
    return make_slot(opcode(unsigned(operation), Class::Alu64, isa::source_register), dst.number,
                     src.number, 0, 0);
}
Slot alu32(isa::Alu operation, Register dst, std::int32_t imm) {
    return make_slot(opcode(unsigned(operation), Class::Alu), dst.number, 0, 0, imm);
}
Slot alu32(isa::Alu operation, Register dst, Register src) {
    return make_slot(opcode(unsigned(operation), Class::Alu, isa::source_register), dst.number,
                     src.number, 0, 0);
}

Slot with_offset(Slot base, std::int16_t offset) {
    base.low = (base.low & 0xffff) | std::uint32_t(std::uint16_t(offset)) << 16;
    return base;
}

Slot neg64(Register dst) { return make_slot(0x87, dst.number, 0, 0, 0); }
Slot neg32(Register dst) { return make_slot(0x84, dst.number, 0, 0, 0); }
Slot little_endian(Register dst, std::int32_t bits) {
    return make_slot(0xd4, dst.number, 0, 0, bits);
}
Slot big_endian(Register dst, std::int32_t bits) { return make_slot(0xdc, dst.number, 0, 0, bits); }
Slot byte_swap(Register dst, std::int32_t bits) { return make_slot(0xd7, dst.number, 0, 0, bits); }

Code lddw(Register dst, std::uint64_t value) { return wide(0x18, dst, value); }
Code lddw_data(Register dst, std::uint64_t offset) { return wide(0xb8, dst, offset); }
Code lddw_rodata(Register dst, std::uint64_t offset) { return wide(0xd8, dst, offset); }

Slot ja(std::int16_t offset) { return make_slot(0x05, 0, 0, offset, 0); }
Slot ja32(std::int32_t imm) { return make_slot(0x06, 0, 0, 0, imm); }
Slot jump64(isa::Jump condition, Register dst, std::int32_t imm, std::int16_t offset) {
    return make_slot(opcode(unsigned(condition), Class::Jmp), dst.number, 0, offset, imm);
}
Slot jump64(isa::Jump condition, Register dst, Register src, std::int16_t offset) {
    return make_slot(opcode(unsigned(condition), Class::Jmp, isa::source_register), dst.number,
                     src.number, offset, 0);
}
Slot jump32(isa::Jump condition, Register dst, std::int32_t imm, std::int16_t offset) {
    return make_slot(opcode(unsigned(condition), Class::Jmp32), dst.number, 0, offset, imm);
}
Slot jump32(isa::Jump condition, Register dst, Register src, std::int16_t offset) {
    return make_slot(opcode(unsigned(condition), Class::Jmp32, isa::source_register), dst.number,
                     src.number, offset, 0);
}
Slot call_helper(std::int32_t id) { return make_slot(0x85, 0, 0, 0, id); }
Slot call_local(std::int32_t imm) { return make_slot(0x85, 0, 1, 0, imm); }
Slot leave() { return make_slot(0x95, 0, 0, 0, 0); }

Slot load(isa::Size size, Register dst, Register src, std::int16_t offset) {
    return make_slot(memory_opcode(size, Mode::Mem, Class::Ldx), dst.number, src.number, offset, 0);
}
Slot load_signed(isa::Size size, Register dst, Register src, std::int16_t offset) {
    return make_slot(memory_opcode(size, Mode::MemSx, Class::Ldx), dst.number, src.number, offset,
                     0);
}
Slot store(isa::Size size, Register dst, std::int16_t offset, Register src) {
    return make_slot(memory_opcode(size, Mode::Mem, Class::Stx), dst.number, src.number, offset, 0);
}
Slot store(isa::Size size, Register dst, std::int16_t offset, std::int32_t imm) {
    return make_slot(memory_opcode(size, Mode::Mem, Class::St), dst.number, 0, offset, imm);
}
Slot atomic(isa::Size size, std::int32_t operation, Register dst, std::int16_t offset,
            Register src) {
    return make_slot(memory_opcode(size, Mode::Atomic, Class::Stx), dst.number, src.number, offset,
                     operation);
}

}  // namespace mbpf::test
