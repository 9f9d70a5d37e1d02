// SPDX-License-Identifier: MIT
#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

using isa::Shape;

namespace {

constexpr std::uint32_t most_near_slots = 32;  // More do not fit in what a near branch reaches.

}  // namespace

void Compiler::ask(Wanted wanted, std::uint32_t slot) {
    emit_.call(gate_);
    sites_.add({emit_.size() / 2, slot, wanted});
}

void Compiler::ask_at_once(Wanted wanted) {
    ask(wanted, pc_.slot);
    note(Part::Table);
    emit_.halfword(slot_mark);
    emit_.halfword(pc_.slot);
    note(Part::Work);
}

// In a loop, not to ask costs a branch that is not taken; elsewhere a few bytes less.
void Compiler::ask_if(Cond cond, Wanted wanted, Reg distance) {
    if (is_hot() && detour_count_ < max_detours) {
        bool const near = is_near(slot_of_detours(), cond);
        detours_[detour_count_++] = {emit_.size(), pc_.slot, distance, wanted, cond, near};
        return emit_.branch_ahead(cond, near);
    }
    distance == scratch ? emit_.if_then(cond) : emit_.if_then_twice(cond);
    emit_.move(scratch, distance);
    ask(wanted, pc_.slot);
}

void Compiler::emit_detours() {
    for (std::uint32_t i = 0; i < detour_count_; ++i) {
        Detour const detour = detours_[i];
        target_.note({emit_.size(), Pc{detour.slot}, Part::Cold});
        emit_.land(detour.from, detour.cond, detour.is_near);
        emit_.move(scratch, detour.distance);
        ask(detour.wanted, detour.slot);
        emit_.branch_back(Cond::Always, detour.from + (detour.is_near ? 2 : 4));
    }
    detour_count_ = 0;
}

void Compiler::jump(Cond cond) {
    std::uint32_t const index = flow_.blocks()[block_ + (turns_ ? 1 : 0)].target;
    Block& block = flow_.blocks()[index];
    if (index <= block_) {
        emit_.branch_back(cond, block.code_at * 2u);
        return;
    }
    if (near_count_ < max_near && is_near(block.slot, cond)) {
        near_[near_count_++] = {emit_.size(), std::uint16_t(index), cond};
        return emit_.branch_ahead(cond, true);
    }
    emit_.branch_later(cond, link_here(block));
}

// Of near branches to the block that starts here.
[[gnu::always_inline]] inline void Compiler::land_here() {
    for (std::uint32_t i = near_count_; i-- != 0;) {
        if (near_[i].block == block_) {
            emit_.land(near_[i].from, near_[i].cond, true);
            near_[i] = near_[--near_count_];
        }
    }
}

// Whether a branch to `slot`, further on, is taken to reach: if slots there become no more than
// twice as many bytes as until here.
bool Compiler::is_near(std::uint32_t slot, Cond cond) const {
    std::uint32_t const bytes = emit_.size() + 64;
    std::uint32_t const slots = pc_.slot + 8;
    std::uint32_t const most = cond == Cond::Always ? 2000 : 230;
    return has_near_ && (slot - pc_.slot) * bytes * 2 <= most * slots;
}

// The slot in front of which detours will be: the next that nothing falls into, or one too far on.
[[gnu::always_inline]] inline std::uint32_t Compiler::slot_of_detours() const {
    std::uint32_t index = block_;
    while (flow_.blocks()[index].falls && flow_.end_of(index) - pc_.slot <= most_near_slots) {
        index += is_turned(index) ? 2u : 1u;
    }
    return flow_.end_of(index);
}

// What jumps or calls to a block that is still to come holds a link to the one before.
std::uint32_t Compiler::link_here(Block& block) const {
    std::uint32_t const link = block.code_at;
    block.code_at = std::uint16_t(emit_.size() / 2);
    return link;
}

void Compiler::compile() {
    for (Block& block : flow_.blocks()) {
        block.code_at = 0;
    }
    if (!flow_.has_local_calls()) {  // Nothing moves r10.
        values_[isa::frame_pointer] = Value::of(std::uint32_t(instance_.frame_pointer()));
    }
    emit_common();
    for (block_ = 0; block_ < flow_.blocks().size(); ++block_) {
        emit_block();
    }
    emit_detours();
    if (leave_ == 0) {  // No way out is in sight, but faults need one.
        emit_leave(home(0));
    }
}

[[gnu::always_inline]] inline void Compiler::emit_block() {
    Block& block = flow_.blocks()[block_];
    pc_ = Pc{block.slot};
    marks_ = flow_.marks_at(pc_);
    std::uint32_t const end = flow_.end_of(block_);
    bool const is_function = flow_.is_function(pc_);
    if (leaves_ || block_ == 0) {
        emit_detours();
    }
    bool const is_fresh = leaves_ || flow_.is_joined(block);
    forget_all(is_fresh ? ~0u : ~block.needed.lows());
    zeros_ = is_fresh ? 0 : zeros_;
    leaves_ = false;
    if (is_fresh) {
        state_.start(block.facts, !flow_.has_local_calls());
    }
    std::uint32_t const prologue = emit_.size();
    if (is_function && flow_.has_local_calls()) {
        is_entry_ = flow_.is_entry(pc_);
        is_called_ = block.is_called;
        if (is_called_) {
            note(Part::Enter);
            emit_prologue();
        }
    }
    std::uint32_t const here = emit_.size();
    land_here();
    if constexpr (!is_checked) {  // Else what is paid here comes between.
        emit_.begin_block();
        measured_ = {};
        held_ = {};
        loaded_ = {};
        stored_ = {};
    }
    // Links lead back; what did not fit the memory holds none.
    for (std::uint32_t at = block.code_at, next = 0; at != 0; at = next < at ? next : 0) {
        next = emit_.resolve(at * 2, here, prologue);
    }
    block.code_at = std::uint16_t(here / 2);
    turns_ = is_turned(block_);
    charge(end);
    for (; pc_.slot < end; pc_.slot += Flow::width_of(slot_)) {
        slot_ = flow_.at(pc_);
        marks_ = flow_.marks_at(pc_);
        bool const writes = Roles{slot_}.writes_dst();
        if (writes) {
            result_ = flow_.result_at(state_, pc_, slot_);
        }
        emit_instruction();
        forget_last();
        flow_.apply(state_, slot_, result_);
    }
    bool const falls_into_target =
        !leaves_ && end < flow_.slots() && flow_.is_joined(flow_.blocks()[block_ + 1]);
    if (falls_into_target && !is_jump_) {
        settle_all(flow_.blocks()[block_ + 1].needed);
    }
    block_ += turns_ ? 1 : 0;  // It has no code.
}

// Whether block `index` jumps over a block that only jumps: then it jumps there, on the opposite
// condition. Compilers end loops so.
bool Compiler::is_turned(std::uint32_t index) const {
    Block const& block = flow_.blocks()[index];
    if (block.target != index + 2 || !block.jumps || !block.falls) {
        return false;
    }
    Block const& over = flow_.blocks()[index + 1];
    return flow_.end_of(index + 1) == over.slot + 1u && !flow_.is_joined(over) &&
           isa::shape_of(flow_.raw_at(Pc{over.slot}).opcode()) == Shape::JumpAlways;
}

// The instructions of a block are paid for where it starts.
[[gnu::always_inline]] inline void Compiler::charge(std::uint32_t end) {
    if constexpr (!is_checked) {
        return;
    }
    note(Part::Fuel);
    // With the jump that it jumps over, if it does, which is given back behind it.
    std::uint32_t const count = flow_.count_up_to(end, pc_) + (turns_ ? 1 : 0);
    bool const is_looked_at =
        flow_.is_loop_head(pc_) || (flow_.has_local_calls() && flow_.is_function(pc_));
    Reg const fuel = homes_.of(Item::Fuel);
    emit_.alu({Op::Sub, is_looked_at ? Sets::Flags : Sets::Any}, fuel, fuel, count);
    if (is_looked_at) {
        ask_if(Cond::Mi, Wanted::Fuel);
    }
}

[[gnu::always_inline]] inline void Compiler::emit_instruction() {
    is_jump_ = false;
    note(Part::Work);
    Shape const shape = isa::shape_of(slot_.opcode());
    switch (shape) {
        case Shape::AluImm:
        case Shape::AluReg:
        case Shape::DivideImm:
        case Shape::DivideReg:
        case Shape::MoveReg:
        case Shape::Negate:
        case Shape::ByteSwap: return emit_computation(shape);
        case Shape::JumpAlways:
        case Shape::JumpLong:
        case Shape::JumpImm:
        case Shape::JumpReg: return emit_jump();
        case Shape::Call: return emit_call();
        case Shape::Exit: return emit_exit();
        case Shape::Load: return emit_load();
        case Shape::StoreImm:
        case Shape::StoreReg: return emit_store();
        case Shape::AtomicReg: return serve_atomic();
        case Shape::Wide:
        case Shape::WideSection: return emit_constant();
        default: return;
    }
}

// What nothing reads again needs no work when its home changes.
[[gnu::always_inline]] inline void Compiler::forget_last() {
    Roles const roles{slot_};
    if (pending_ == 0 || roles.is_atomic()) {
        return;
    }
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    if (roles.reads_src() && marks_.is_last_of_src() && is_pending(src) && src != dst) {
        forget(src);
    }
    if (roles.reads_dst() && !roles.writes_dst() && marks_.is_last_of_dst() && is_pending(dst)) {
        forget(dst);
    }
}

[[gnu::always_inline]] inline void Compiler::emit_constant() {
    std::uint64_t number = slot_.high | std::uint64_t(flow_.raw_at(Pc{pc_.slot + 1}).high) << 32;
    if (slot_.opcode() != std::uint8_t(isa::Opcode::Lddw)) {
        number += instance_.section_address(is(slot_, isa::Opcode::LddwData));
    }
    pend(slot_.dst(), Value::of(std::uint32_t(number)));
    if (marks_.needs_high()) {
        Reg const to = begin_high(slot_.dst());
        emit_.move(to, std::uint32_t(number >> 32));
        end_high(slot_.dst(), to);
    }
}

// By a service, on what is in the homes of its registers.
[[gnu::always_inline]] inline void Compiler::serve_atomic() {
    std::uint32_t const written = isa::atomic_writes_source(slot_.imm()) ? slot_.src() : 0u;
    for (std::uint32_t const reg :
         {std::uint32_t(slot_.dst()), std::uint32_t(slot_.src()), written}) {
        settle(reg);
        publish_high(reg);
    }
    (void)begin(written);
    ask_at_once(Wanted::Instruction);
    forget_zero(written);
    forget(written);
}

void Compiler::emit_local_call() {
    std::uint32_t const index = flow_.blocks()[block_].target;
    Block& block = flow_.blocks()[index];
    settle_all(block.needed | flow_.needed_behind(block_));
    if (index <= block_) {
        emit_.call(block.code_at * 2u - prologue_bytes_);
    } else {
        emit_.call_later(link_here(block));
    }
    sites_.add({emit_.size() / 2, pc_.slot, Wanted::Depth});
    zeros_ = 0;
    forget_all(~0u);
}

}  // namespace mbpf::jit
