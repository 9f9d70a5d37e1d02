// SPDX-License-Identifier: MIT
// The ways into compiled code and out of it, and those of functions that are called from within.
#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

namespace {

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
    if constexpr (is_checked) {
        emit_.compare(fuel, 0);
        emit_.branch_back(Cond::Mi, gate_);
    }
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
    emit_.branch_back(Cond::Eq, leave_zero_);
    return_called_ = emit_.size();
    emit_.load_word(scratch, Reg::sp, saved_at);
    emit_.alu(Op::Sub, scratch, scratch, saved_frame_bytes);
    emit_.store_word(scratch, Reg::sp, saved_at);
    if (instance_.plan().may_recurse) {
        emit_.load_word(scratch2, Reg::sp, depth_at);
        emit_.alu(Op::Add, scratch2, scratch2, 1);
        emit_.store_word(scratch2, Reg::sp, depth_at);
    }
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
            bool const is_used = (used_ >> std::uint32_t(item) & 1) != 0;
            if ((flow_.saved() >> reg & 1) == 0 || !is_used) {
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
    if (instance_.plan().frame_bytes == 0) {
        return;
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
    if (instance_.plan().may_recurse) {
        emit_.load_word(scratch, Reg::sp, depth_at);
        emit_.alu(Op::Sub, scratch, scratch, 1, Sets::Flags);
        emit_.branch(Cond::Mi, gate_);
        emit_.store_word(scratch, Reg::sp, depth_at);
    }
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
    if (reads_window_) {
        emit_.load_pair(scratch, scratch2, Reg::r3, first_readable_at);
        emit_.store_pair(scratch, scratch2, Reg::sp, readable_at);
    }
    if (writes_window_) {
        emit_.load_pair(scratch, scratch2, Reg::r3, first_writable_at);
        emit_.store_pair(scratch, scratch2, Reg::sp, writable_at);
    }
    receive(block);
    for (Item const item : {Item::ReadBase, Item::ReadCount, Item::WriteBase, Item::WriteCount}) {
        if (homes_.has_reg(item)) {
            load_item(homes_.of(item), item);
        }
    }
    if (flow_.has_local_calls()) {
        emit_.move(scratch2, std::uint32_t(address_of(instance_.saved_frames())));
        emit_.store_word(scratch2, Reg::sp, saved_at);
        emit_.store_word(scratch2, Reg::sp, saved_start_at);
        if (instance_.plan().may_recurse) {
            emit_.move(scratch2, instance_.plan().depth - 1u);
            emit_.store_word(scratch2, Reg::sp, depth_at);
        }
        init(Homes::low(isa::frame_pointer), std::uint32_t(instance_.frame_pointer()));
    }
    init(Item::Own, std::uint32_t(instance_.own().base));
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

void Compiler::emit_exit() {
    settle(0);
    leaves_ = true;
    bool const is_zero = fact_of(0).is_zero() || !flow_.returns_high();
    if (is_called_) {
        settle_all(flow_.needed_at_return());
        if (!is_entry_) {
            return emit_.branch_back(Cond::Always, return_called_);
        }
        emit_.call(return_);
    } else if (is_zero && !flow_.has_local_calls()) {
        emit_.call(leave_zero_);
    } else {
        emit_.move(scratch, read_high(0, scratch));
        emit_.call(leave_);
    }
    sites_.add({emit_.size() / 2, pc_.slot, Wanted::Leave});
}

}  // namespace mbpf::jit
