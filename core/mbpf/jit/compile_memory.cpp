// SPDX-License-Identifier: MIT
// Loads and stores, each checked against the window of the last of its kind.
#include "mbpf/jit/compiler.hpp"
#include "mbpf/jit/registers.hpp"

namespace mbpf::jit {

using isa::Shape;

Reg Compiler::check_access(std::uint32_t base, std::uint32_t bytes, bool is_load,
                           std::int32_t& offset) {
    std::int32_t const wanted = slot_.offset();
    bool const is_proved = base == isa::frame_pointer &&
                           wanted + std::int32_t(instance_.plan().frame_bytes) >= 0 &&
                           wanted + std::int32_t(bytes) <= 0;
    offset = wanted;
    Reg at = base == isa::frame_pointer ? scratch2 : home_of(base);
    if (!is_proved) {
        if (base != isa::frame_pointer && !facts_[base].has_known_high()) {
            emit_.load(scratch, run, high_at(base), 4);
            emit_.compare(scratch, 0, scratch);
            call_gate(Gate::Access, Cond::Ne);
        }
        emit_.load_pair(scratch, scratch2, run, is_load ? readable_at : writable_at);
        if (base == isa::frame_pointer) {
            // r10 takes the place of the limit while it is needed.
            emit_.push(1u << 14 | 1u << 12);
            emit_.load(scratch2, run, low_at(isa::frame_pointer), 4);
            emit_.alu(Op::Sub, scratch, scratch2, scratch);
            emit_.load(scratch2, Reg::sp, 4, 4);
            emit_.alu(Op::Add, Reg::sp, Reg::sp, 8, scratch);
        } else {
            emit_.alu(Op::Sub, scratch, at, scratch);
        }
        if (wanted != 0) {
            // The limit is only in r14: a constant must fit the instruction, in two steps.
            std::uint32_t const value = std::uint32_t(wanted);
            std::uint32_t const magnitude = wanted < 0 ? 0 - value : value;
            Op const op = wanted < 0 ? Op::Sub : Op::Add;
            if ((magnitude & 0xff00) != 0) {
                emit_.alu(op, scratch, scratch, magnitude & 0xff00, scratch);
            }
            if ((magnitude & 0xff) != 0) {
                emit_.alu(op, scratch, scratch, magnitude & 0xff, scratch);
            }
        }
        emit_.compare(scratch, scratch2);
        call_gate(facts_[base].is_zero()   ? Gate::AccessZero
                  : facts_[base].is_sign() ? Gate::AccessSign
                                           : Gate::Access,
                  Cond::Hi);
    }
    if (base == isa::frame_pointer) {
        emit_.load(scratch2, run, low_at(isa::frame_pointer), 4);
    }
    if (offset < -255 || offset + 4 > 4095) {
        emit_.alu(Op::Add, scratch2, at, std::uint32_t(offset), scratch);
        at = scratch2;
        offset = 0;
    }
    return at;
}

void Compiler::emit_load() {
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const bytes = isa::access_bytes(slot_.opcode());
    bool const is_signed = (slot_.opcode() & 0xe0) == std::uint8_t(isa::Mode::MemSx);
    std::int32_t offset = 0;
    Reg const at = check_access(slot_.src(), bytes, true, offset);
    if (bytes == 8 && flow_.needs_high(pc_)) {
        emit_.load(scratch, at, offset + 4, 4);
        emit_.load(home_of(dst), at, offset, 4);
        return write_high(dst, scratch);
    }
    emit_.load(home_of(dst), at, offset, bytes == 8 ? 4 : bytes, is_signed && bytes < 4);
    if (bytes != 8) {
        settle_high(is_signed ? Fact::sign() : Fact::zero());
    }
}

void Compiler::emit_store() {
    std::uint32_t const bytes = isa::access_bytes(slot_.opcode());
    std::int32_t offset = 0;
    bool const is_imm = isa::shape_of(slot_.opcode()) == Shape::StoreImm;
    Reg const at = check_access(slot_.dst(), bytes, false, offset);
    std::uint32_t const src = slot_.src();
    Reg value = scratch;
    if (is_imm) {
        emit_.move(scratch, slot_.high);
    } else if (src == isa::frame_pointer) {
        emit_.load(scratch, run, low_at(isa::frame_pointer), 4);
    } else {
        value = home_of(src);
    }
    emit_.store(value, at, offset, bytes == 8 ? 4 : bytes);
    if (bytes == 8) {
        if (is_imm) {
            emit_.move(scratch, std::uint32_t(slot_.imm() >> 31));
        } else {
            read_high(scratch, src);
        }
        emit_.store(scratch, at, offset + 4, 4);
    }
}

}  // namespace mbpf::jit
