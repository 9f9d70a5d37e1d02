// SPDX-License-Identifier: MIT
#include "mbpf/jit/compiler.hpp"
#include "mbpf/jit/registers.hpp"

namespace mbpf::jit {

using isa::Shape;

// The way into the services, once: the slot comes in r12.
void Compiler::emit_gates() {
    std::uint32_t const common = emit_.size();
    for (std::uint32_t reg = 0; reg < isa::frame_pointer; ++reg) {
        emit_.store(home_of(reg), run, low_at(reg), 4);
    }
    emit_.store(fuel, run, fuel_at, 4);
    emit_.move(Reg::r0, run);
    emit_.move(Reg::r1, scratch);
    emit_.call_register(scratch2);
    emit_.compare(Reg::r0, 0, scratch);
    emit_.load(fuel, run, fuel_at, 4);
    for (std::uint32_t reg = 0; reg < isa::frame_pointer; ++reg) {
        emit_.load(home_of(reg), run, low_at(reg), 4);
    }
    emit_.if_then(Cond::Ne);
    emit_.pop(1u << 12 | 1u << 15);
    emit_.load(scratch, run, stack_at, 4);
    emit_.move(Reg::sp, scratch);
    emit_.pop(as_entered);
    for (std::uint32_t i = 0; i < gate_count; ++i) {
        gates_[i] = emit_.size();
        emit_.push(1u << 12 | 1u << 14);
        // The address of a Thumb function is odd.
        emit_.move(scratch2, std::uint32_t(reinterpret_cast<std::uintptr_t>(services[i])));
        emit_.branch(Cond::Always, common);
    }
}

void Compiler::call_gate(Gate gate, Cond cond) {
    if (cond != Cond::Always) {
        emit_.if_then_twice(cond);
    }
    emit_.move_halfword(scratch, pc_.slot);
    emit_.call(gates_[std::uint32_t(gate)]);
}

void Compiler::read_high(Reg to, std::uint32_t reg) {
    Fact const fact = facts_[reg];
    if (fact.is_zero()) {
        emit_.move(to, 0u);
    } else if (fact.is_sign()) {
        emit_.shift(ShiftKind::Asr, to, home_of(reg), 31);
    } else {
        emit_.load(to, run, high_at(reg), 4);
    }
}

void Compiler::write_high(std::uint32_t reg, Reg from) { emit_.store(from, run, high_at(reg), 4); }

void Compiler::publish_high(std::uint32_t reg) {
    if (reg != isa::frame_pointer && facts_[reg].has_known_high()) {
        read_high(scratch, reg);
        write_high(reg, scratch);
    }
}

void Compiler::settle_high(Fact fact) {
    if (!flow_.needs_high(pc_) || !fact.has_known_high()) {
        return;  // It is not needed, or it is there already.
    }
    std::uint32_t const dst = slot_.dst();
    if (fact.is_zero()) {
        emit_.move(scratch, 0u);
    } else {
        emit_.shift(ShiftKind::Asr, scratch, home_of(dst), 31);
    }
    write_high(dst, scratch);
}

Fact Compiler::fact_after() const {
    Facts facts = facts_;
    bool const is_wide = flow_.width_at(pc_) == 2;
    apply(facts, slot_, is_wide ? flow_.text()[Pc{pc_.slot + 1}].high : 0, flow_.helper_of(slot_));
    return facts[slot_.dst()];
}

bool Compiler::wants_wide() const {
    return is_64(slot_) && flow_.needs_high(pc_) && !fact_after().has_known_high();
}

void Compiler::check_fuel() { call_gate(Gate::Fuel, Cond::Mi); }

void Compiler::patch_jumps_to(Block& block) {
    std::uint32_t const here = emit_.size();
    for (std::uint32_t at = block.code_at; at != 0;) {
        at = emit_.resolve(at * 2, here);
    }
    block.code_at = std::uint16_t(here / 2);
}

void Compiler::jump(Cond cond, Pc target) {
    std::uint32_t const index = flow_.block_at(target);
    Block& block = flow_.blocks()[index];
    if (index <= block_) {
        emit_.branch(cond, block.code_at * 2u);
        return;
    }
    std::uint32_t const link = block.code_at;
    block.code_at = std::uint16_t(emit_.size() / 2);
    emit_.branch_later(cond, link);
}

void Compiler::compile() {
    emit_gates();
    for (block_ = 0; block_ < flow_.blocks().size(); ++block_) {
        emit_block();
    }
}

void Compiler::emit_block() {
    Block& block = flow_.blocks()[block_];
    Pc const first{block.slot};
    std::uint32_t const end = flow_.end_of(block_);
    if (flow_.is_function(first)) {
        emit_.push(1u << 12 | 1u << 14);  // Callers come here, 4 bytes before the block.
    }
    patch_jumps_to(block);
    facts_ = block.facts;
    std::uint32_t count = 0;
    for (Pc pc = first; pc.slot < end; pc.slot += flow_.width_at(pc)) {
        ++count;
    }
    pc_ = first;
    bool const is_checked = flow_.is_loop_head(first) || flow_.is_function(first);
    emit_.alu(Op::Sub, fuel, fuel, count, scratch, is_checked ? Sets::Flags : Sets::Nothing);
    if (is_checked) {
        check_fuel();
    }
    for (; pc_.slot < end; pc_.slot += flow_.width_at(pc_)) {
        slot_ = flow_.text()[pc_];
        emit_instruction();
        bool const is_wide = flow_.width_at(pc_) == 2;
        apply(facts_, slot_, is_wide ? flow_.text()[Pc{pc_.slot + 1}].high : 0,
              flow_.helper_of(slot_));
    }
}

void Compiler::emit_instruction() {
    switch (isa::shape_of(slot_.opcode())) {
        case Shape::AluImm:
        case Shape::AluReg: return emit_alu();
        case Shape::DivideImm:
        case Shape::DivideReg: return emit_divide();
        case Shape::MoveReg: return emit_move();
        case Shape::Negate:
            if (wants_wide()) {
                read_high(scratch2, slot_.dst());
                emit_.alu(Op::Rsb, home_of(slot_.dst()), home_of(slot_.dst()), 0, scratch,
                          Sets::Flags);
                emit_.move(scratch, 0u);
                emit_.alu(Op::Sbc, scratch, scratch, scratch2);
                return write_high(slot_.dst(), scratch);
            }
            emit_.alu(Op::Rsb, home_of(slot_.dst()), home_of(slot_.dst()), 0, scratch);
            return settle_high(fact_after());
        case Shape::ByteSwap: return emit_byte_order();
        case Shape::JumpAlways:
        case Shape::JumpLong:
        case Shape::JumpImm:
        case Shape::JumpReg: return emit_jump();
        case Shape::Call: return emit_call();
        case Shape::Exit: return emit_exit();
        case Shape::Load: return emit_load();
        case Shape::StoreImm:
        case Shape::StoreReg: return emit_store();
        case Shape::AtomicReg:
            publish_high(slot_.dst());
            publish_high(slot_.src());
            publish_high(0);
            return call_gate(Gate::Instruction);
        case Shape::Wide:
        case Shape::WideSection: {
            std::uint32_t const tail = flow_.text()[Pc{pc_.slot + 1}].high;
            std::uint64_t value = slot_.high | std::uint64_t(tail) << 32;
            if (slot_.opcode() == std::uint8_t(isa::Opcode::LddwData)) {
                value += instance_.data_address();
            } else if (slot_.opcode() == std::uint8_t(isa::Opcode::LddwRodata)) {
                value += instance_.rodata_address();
            }
            emit_.move(home_of(slot_.dst()), std::uint32_t(value));
            if (flow_.needs_high(pc_)) {
                emit_.move(scratch, std::uint32_t(value >> 32));
                write_high(slot_.dst(), scratch);
            }
            return;
        }
        default: return;
    }
}

void Compiler::emit_call() {
    machine::Helper const* const helper = flow_.helper_of(slot_);
    if (helper != nullptr) {
        return emit_helper(*helper);
    }
    call_gate(Gate::Enter);
    std::uint32_t const index = flow_.block_at(flow_.target_of(pc_));
    Block& block = flow_.blocks()[index];
    if (index <= block_) {
        emit_.call(block.code_at * 2u - 4);
    } else {
        std::uint32_t const link = block.code_at;
        block.code_at = std::uint16_t(emit_.size() / 2);
        emit_.call_later(link);
    }
    call_gate(Gate::Leave);
}

void Compiler::emit_exit() {
    emit_.compare(fuel, 0, scratch);
    check_fuel();
    publish_high(0);
    emit_.store(home_of(0), run, low_at(0), 4);
    emit_.pop(1u << 12 | 1u << 15);
}

}  // namespace mbpf::jit
