// SPDX-License-Identifier: MIT
#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

using isa::Shape;

namespace {

constexpr std::uint32_t most_near_slots = 32;  // More do not fit in what a near branch reaches.
constexpr std::uint32_t saved_frame_bytes = sizeof(machine::SavedFrame);
constexpr std::uint32_t return_address_at = offsetof(machine::SavedFrame, call_address);

}  // namespace

// The ways out of compiled code, once: to the services, to the caller of the program, and back from
// a local call.
void Compiler::emit_common() {
    note(Part::Common);
    gate_ = emit_.size();
    emit_.word(0xf8df, 0xf000);  // LDR pc, the next word.
    note(Part::Table);
    emit_.halfword(target_.gate() & 0xffff);
    emit_.halfword(target_.gate() >> 16);
    note(Part::Common);
    std::uint32_t const leave_called = emit_.size();
    bool const is_wide = flow_.has_local_calls() || flow_.returns_high();
    leave_zero_ = emit_.size();
    if (flow_.has_local_calls()) {
        emit_.load_word(scratch2, Reg::sp, ended_at);
        emit_.move(scratch, read_item(Homes::high(0), scratch));
    } else if (is_wide) {
        emit_.move(scratch, 0u);
    }
    leave_ = emit_.size();  // r14 is behind the call that came here.
    Reg fuel = homes_.of(Item::Fuel);
    emit_.compare(fuel, 0);
    emit_.branch_back(Cond::Mi, gate_);
    leave_now_ = emit_.size();
    if (fuel == Reg::r0) {
        emit_.move(scratch2, fuel);
        fuel = scratch2;
    }
    emit_.move(Reg::r0, home(0));
    emit_.move(Reg::r2, fuel);
    is_wide ? emit_.move(Reg::r1, scratch) : emit_.move(Reg::r1, 0u);
    emit_.move_stack(Op::Add, run_bytes);
    emit_.pop(homes_.saved() | 1u << std::uint32_t(Reg::pc));
    if (!flow_.has_local_calls()) {
        return;
    }
    return_ = emit_.size();
    emit_.store_word(scratch2, Reg::sp, ended_at);
    emit_.load_word(scratch, Reg::sp, saved_at);
    emit_.load_word(scratch2, Reg::sp, saved_start_at);
    emit_.compare(scratch, scratch2);
    emit_.branch_back(Cond::Eq, leave_called);
    emit_.alu(Op::Sub, scratch, scratch, saved_frame_bytes);
    emit_.store_word(scratch, Reg::sp, saved_at);
    emit_.load_word(scratch2, Reg::sp, depth_at);
    emit_.alu(Op::Add, scratch2, scratch2, 1);
    emit_.store_word(scratch2, Reg::sp, depth_at);
    move_saved(true);
    emit_.load_word(Reg::pc, scratch, return_address_at);
}

// r6 to r9 from the frame at r12 or into it, and r10 back or on.
void Compiler::move_saved(bool restores) {
    for (std::uint32_t reg = isa::first_saved_register; reg < isa::frame_pointer; ++reg) {
        std::uint32_t const at = 8 * (reg - isa::first_saved_register);
        for (std::uint32_t half = 0; half < 2; ++half) {
            Item const item = half == 0 ? Homes::low(reg) : Homes::high(reg);
            std::uint32_t const offset = at + 4 * half;
            if (!homes_.is_used(item)) {
                continue;
            }
            if (restores) {
                Reg const to = homes_.has_reg(item) ? homes_.of(item) : scratch2;
                emit_.load_word(to, scratch, offset);
                if (!homes_.has_reg(item)) {
                    store_item(to, item);
                }
            } else {
                emit_.store_word(read_item(item, scratch2), scratch, offset);
            }
        }
    }
    Reg const frame = read_item(Homes::low(isa::frame_pointer), scratch2);
    move_by(restores ? Op::Add : Op::Sub, frame, instance_.plan().frame_bytes);
    if (!homes_.has_reg(Homes::low(isa::frame_pointer))) {
        store_item(frame, Homes::low(isa::frame_pointer));
    }
}

// reg = reg op bytes (16 bits), in two steps, each of which fits an instruction.
void Compiler::move_by(Op op, Reg reg, std::uint32_t bytes) {
    for (std::uint32_t const part : {bytes & 0xff, bytes & 0xff00}) {
        if (part != 0) {
            emit_.alu(op, reg, reg, part);
        }
    }
}

// Of a function that is called from within. Its call is the site of what goes wrong here.
void Compiler::emit_prologue() {
    std::uint32_t const start = emit_.size();
    emit_.load_word(scratch, Reg::sp, depth_at);
    emit_.alu(Op::Sub, scratch, scratch, 1, Sets::Flags);
    emit_.branch(Cond::Mi, gate_);
    emit_.store_word(scratch, Reg::sp, depth_at);
    emit_.load_word(scratch, Reg::sp, saved_at);
    emit_.store_word(scratch2, scratch, return_address_at);
    move_saved(false);
    emit_.alu(Op::Add, scratch, scratch, saved_frame_bytes);
    emit_.store_word(scratch, Reg::sp, saved_at);
    prologue_bytes_ = emit_.size() - start;
}

std::uint32_t Compiler::emit_entries(program::Entries const& entries) {
    std::uint32_t const table = emit_.size();
    note(Part::Table);
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        emit_.halfword(0);
    }
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        emit_.set_halfword(table + 2 * i, emit_.size() / 2);
        pc_ = entries.at(i).pc;
        note(Part::Start);
        emit_entry(pc_);
    }
    return table;
}

// All that is not a constant comes as an argument (EntryCode).
void Compiler::emit_entry(Pc pc) {
    Block const& block = flow_.blocks()[flow_.block_at(pc)];
    emit_.push(homes_.saved() | 1u << std::uint32_t(Reg::lr));
    emit_.move_stack(Op::Sub, run_bytes);
    emit_.store_word(Reg::r3, Reg::sp, start_at);
    receive(block);
    if (flow_.has_local_calls()) {
        emit_.move(scratch2, std::uint32_t(address_of(instance_.saved_frames())));
        emit_.store_word(scratch2, Reg::sp, saved_at);
        emit_.store_word(scratch2, Reg::sp, saved_start_at);
        emit_.move(scratch2, instance_.plan().depth - 1u);
        emit_.store_word(scratch2, Reg::sp, depth_at);
        init(Homes::low(isa::frame_pointer), std::uint32_t(instance_.frame_pointer()));
    }
    std::uint32_t const own = std::uint32_t(instance_.own().base);
    init(Item::Own, own);
    if (uses_windows_) {
        Reg const base = homes_.has_reg(Item::Own) ? homes_.of(Item::Own) : scratch2;
        if (base == scratch2) {
            emit_.move(scratch2, own);
        }
        emit_.move(scratch, instance_.own().bytes - interpreter::narrowest_window);
        emit_.store_pair(base, scratch, Reg::sp, readable_at);
        emit_.store_pair(base, scratch, Reg::sp, writable_at);
    }
    if (homes_.has_reg(Item::Rodata)) {
        init(Item::Rodata, std::uint32_t(instance_.rodata().base));
    }
    for (std::uint32_t reg = 0; reg < isa::frame_pointer; ++reg) {
        if (block.needed.has_low(reg) && reg != 1 && reg != 2) {
            init(Homes::low(reg), 0);
        }
        if (block.needed.has_high(reg)) {
            init(Homes::high(reg), 0);
        }
    }
    emit_.branch_back(Cond::Always, block.code_at * 2u);
}

void Compiler::init(Item item, std::uint32_t value) {
    if (homes_.has_reg(item)) {
        emit_.move(homes_.of(item), value);
    } else if (homes_.is_used(item)) {
        emit_.move(scratch2, value);
        store_item(scratch2, item);
    }
}

// r0 is the address of the context, r1 its length, r2 the fuel.
void Compiler::receive(Block const& block) {
    Item const fuel = Item::Fuel;
    Item const base = Item::ContextBase;
    Item const last = Item::ContextLast;
    Item const context = block.needed.has_low(1) ? Homes::low(1) : base;
    bool const wants_length = block.needed.has_low(2);
    Item const length = wants_length ? Homes::low(2) : last;
    auto const any_in = [&](Reg reg, std::initializer_list<Item> items) {
        bool found = false;
        for (Item const item : items) {
            found = found || (homes_.is_used(item) && homes_.of(item) == reg);
        }
        return found;
    };
    Reg from = Reg::r0;
    if (any_in(Reg::r0, {fuel, length, last})) {
        from = scratch;
        emit_.move(from, Reg::r0);
    }
    Reg bytes = Reg::r1;
    if (any_in(Reg::r1, {fuel, context, base, last})) {
        bytes = scratch2;
        emit_.move(bytes, Reg::r1);
    }
    receive_as(fuel, Reg::r2);
    receive_as(context, from);
    receive_as(base, from);
    if (wants_length) {
        receive_as(length, bytes);
    }
    if (homes_.is_used(last)) {
        Reg const to = homes_.has_reg(last) ? homes_.of(last) : scratch;
        emit_.alu(Op::Sub, to, bytes, context_quick_);
        receive_as(last, to);
    }
}

void Compiler::receive_as(Item item, Reg from) {
    if (homes_.has_reg(item)) {
        emit_.move(homes_.of(item), from);
    } else if (homes_.is_used(item)) {
        store_item(from, item);
    }
}

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
void Compiler::ask_if(Cond cond, Wanted wanted) {
    if (is_hot() && detour_count_ < max_detours) {
        bool const near = is_near(slot_of_detours(), cond);
        detours_[detour_count_++] = {emit_.size(), pc_.slot, wanted, cond, near};
        return emit_.branch_ahead(cond, near);
    }
    emit_.if_then(cond);
    ask(wanted, pc_.slot);
}

void Compiler::emit_detours() {
    for (std::uint32_t i = 0; i < detour_count_; ++i) {
        Detour const detour = detours_[i];
        target_.note({emit_.size(), Pc{detour.slot}, Part::Cold});
        emit_.land(detour.from, detour.cond, detour.is_near);
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
void Compiler::land_here() {
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
std::uint32_t Compiler::slot_of_detours() const {
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
}

void Compiler::emit_block() {
    Block& block = flow_.blocks()[block_];
    pc_ = Pc{block.slot};
    std::uint32_t const end = flow_.end_of(block_);
    bool const is_function = flow_.is_function(pc_);
    if (leaves_ || block_ == 0) {
        emit_detours();
    }
    bool const is_fresh = leaves_ || flow_.is_target(pc_) || is_function;
    for (std::uint32_t reg = 0; pending_ >> reg != 0; ++reg) {
        if (is_fresh || !block.needed.has_low(reg)) {
            forget(reg);
        }
    }
    zeros_ = is_fresh ? 0 : zeros_;
    leaves_ = false;
    state_.start(block.facts, !flow_.has_local_calls());
    std::uint32_t const prologue = emit_.size();
    if (is_function && flow_.has_local_calls()) {
        note(Part::Enter);
        emit_prologue();
    }
    std::uint32_t const here = emit_.size();
    land_here();
    // Links lead back; what did not fit the memory holds none.
    for (std::uint32_t at = block.code_at, next = 0; at != 0; at = next < at ? next : 0) {
        next = emit_.resolve(at * 2, here, prologue);
    }
    block.code_at = std::uint16_t(here / 2);
    turns_ = is_turned(block_);
    charge(end);
    for (; pc_.slot < end; pc_.slot += flow_.width_at(pc_)) {
        slot_ = flow_.at(pc_);
        result_ = flow_.result_at(state_, pc_, slot_);
        emit_instruction();
        forget_last();
        flow_.apply(state_, slot_, result_);
    }
    bool const falls_into_target =
        !leaves_ && end < flow_.slots() && (flow_.is_target(Pc{end}) || flow_.is_function(Pc{end}));
    if (falls_into_target && !is_jump_) {
        settle_all(flow_.blocks()[block_ + 1].needed);
    }
    block_ += turns_ ? 1 : 0;  // It has no code.
}

// Whether block `index` jumps over a block that only jumps: then it jumps there, on the opposite
// condition. Compilers end loops so.
bool Compiler::is_turned(std::uint32_t index) const {
    Block const& block = flow_.blocks()[index];
    Pc const over{flow_.end_of(index)};
    bool const is_over = block.jumps && block.falls && block.target == index + 2 &&
                         flow_.end_of(index + 1) == over.slot + 1 && !flow_.is_target(over) &&
                         !flow_.is_function(over);
    return is_over && isa::shape_of(flow_.at(over).opcode()) == Shape::JumpAlways;
}

// The instructions of a block are paid for where it starts.
void Compiler::charge(std::uint32_t end) {
    note(Part::Fuel);
    std::uint32_t count = turns_ ? 1 : 0;  // Of the jump that it jumps over: given back behind it.
    for (Pc pc = pc_; pc.slot < end; pc.slot += flow_.width_at(pc)) {
        ++count;
    }
    bool const is_checked =
        flow_.is_loop_head(pc_) || (flow_.has_local_calls() && flow_.is_function(pc_));
    Reg const fuel = homes_.of(Item::Fuel);
    emit_.alu(Op::Sub, fuel, fuel, count, is_checked ? Sets::Flags : Sets::Any);
    if (is_checked) {
        ask_if(Cond::Mi, Wanted::Fuel);
    }
}

void Compiler::emit_instruction() {
    is_jump_ = false;
    note(Part::Work);
    switch (isa::shape_of(slot_.opcode())) {
        case Shape::AluImm:
        case Shape::AluReg: return emit_alu();
        case Shape::DivideImm:
        case Shape::DivideReg: return emit_divide();
        case Shape::MoveReg: return emit_move();
        case Shape::Negate: return emit_negate();
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
        case Shape::AtomicReg: return serve_instruction();
        case Shape::Wide:
        case Shape::WideSection: return emit_constant();
        default: return;
    }
}

// What nothing reads again needs no work when its home changes.
void Compiler::forget_last() {
    Roles const roles{slot_};
    bool const is_atomic = isa::shape_of(slot_.opcode()) == Shape::AtomicReg;
    if (roles.reads_src() && !is_atomic && flow_.is_last_of_src(pc_) &&
        slot_.src() != slot_.dst() && slot_.src() != isa::frame_pointer) {
        forget(slot_.src());
    }
    bool const reads_dst = roles.reads_dst() && !roles.writes_dst() && !is_atomic;
    if (reads_dst && flow_.is_last_of_dst(pc_) && slot_.dst() != isa::frame_pointer) {
        forget(slot_.dst());
    }
}

void Compiler::emit_constant() {
    std::uint64_t number = slot_.high | std::uint64_t(flow_.raw_at(Pc{pc_.slot + 1}).high) << 32;
    if (slot_.opcode() == std::uint8_t(isa::Opcode::LddwData)) {
        number += instance_.data_address();
    } else if (slot_.opcode() == std::uint8_t(isa::Opcode::LddwRodata)) {
        number += instance_.rodata_address();
    }
    pend(slot_.dst(), Value::of(std::uint32_t(number)));
    if (flow_.needs_high(pc_)) {
        Reg const to = begin_high(slot_.dst());
        emit_.move(to, std::uint32_t(number >> 32));
        end_high(slot_.dst(), to);
    }
}

// An instruction that a service executes: on what is in the homes of its registers.
void Compiler::serve_instruction() {
    std::uint32_t const written = isa::shape_of(slot_.opcode()) != Shape::AtomicReg ? slot_.dst()
                                  : isa::atomic_writes_source(slot_.imm())          ? slot_.src()
                                                                                    : 0u;
    bool const reads_src = isa::shape_of(slot_.opcode()) == Shape::AtomicReg || is_reg(slot_);
    for (std::uint32_t const reg :
         {std::uint32_t(slot_.dst()), reads_src ? std::uint32_t(slot_.src()) : slot_.dst(),
          written}) {
        settle(reg);
        publish_high(reg);
    }
    (void)begin(written);
    ask_at_once(Wanted::Instruction);
    forget_zero(written);
    forget(written);
}

void Compiler::emit_exit() {
    settle(0);
    if (flow_.has_local_calls()) {
        settle_all(flow_.needed_at_return());
        emit_.call(return_);
    } else if (fact_of(0).is_zero() || !flow_.returns_high()) {
        emit_.call(leave_zero_);
    } else {
        emit_.move(scratch, read_high(0, scratch));
        emit_.call(leave_);
    }
    sites_.add({emit_.size() / 2, pc_.slot, Wanted::Leave});
    leaves_ = true;
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
    for (std::uint32_t reg = 0; pending_ >> reg != 0; ++reg) {
        forget(reg);
    }
}

}  // namespace mbpf::jit
