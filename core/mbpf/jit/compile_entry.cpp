// SPDX-License-Identifier: MIT
// The ways into compiled code and out of it, and those of functions that are called from within.
#include <bit>
#include <iterator>

#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

namespace {

constexpr std::uint32_t saved_frame_bytes = sizeof(machine::SavedFrame);
constexpr std::uint32_t return_address_at = offsetof(machine::SavedFrame, call_address);

}  // namespace

// The way to the services, once, and back from local calls.
void Compiler::emit_common() {
    note(Part::Common);
    gate_ = emit_.size();
    load_run(Reg::pc, gate_at);
    if (!flow_.has_local_calls()) {
        return;
    }
    leave_zero_ = emit_.size();
    load_run(scratch2, ended_at);
    emit_.move(scratch, read_item(Homes::high(0), scratch));
    emit_leave(home(0));
    return_ = emit_.size();
    store_run(scratch2, ended_at);
    load_run(scratch, saved_at);
    load_run(scratch2, saved_start_at);
    emit_.compare(scratch, scratch2);
    emit_.branch_back(Cond::Eq, leave_zero_);
    return_called_ = emit_.size();
    load_run(scratch, saved_at);
    emit_.alu(Op::Sub, scratch, scratch, saved_frame_bytes);
    store_run(scratch, saved_at);
    if (instance_.plan().may_recurse) {
        load_run(scratch2, depth_at);
        emit_.alu(Op::Add, scratch2, scratch2, 1);
        store_run(scratch2, depth_at);
    }
    move_saved(true);
    emit_.load_word(Reg::pc, scratch, return_address_at);
}

// To who called, with both halves of r0, and the fuel: from `result`, and r12 where it matters. r14
// says where the run ended.
void Compiler::emit_leave(Reg result) {
    note(Part::Common);
    leave_ = emit_.size();
    Reg fuel = homes_.of(Item::Fuel);
    if (fuel == Reg::r0) {
        fuel = result == Reg::r3 ? Reg::r2 : Reg::r3;
        emit_.move(fuel, Reg::r0);
    }
    emit_.move(Reg::r0, result);
    emit_.move(Reg::r2, fuel);
    has_wide_result() ? emit_.move(Reg::r1, scratch) : emit_.move(Reg::r1, 0u);
    load_run(Reg::pc, way_back_at);
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
        load_run(scratch, depth_at);
        emit_.alu({Op::Sub, Sets::Flags}, scratch, scratch, 1);
        emit_.branch(Cond::Mi, gate_);
        store_run(scratch, depth_at);
    }
    load_run(scratch, saved_at);
    emit_.store_word(scratch2, scratch, return_address_at);
    move_saved(false);
    emit_.alu(Op::Add, scratch, scratch, saved_frame_bytes);
    store_run(scratch, saved_at);
    prologue_bytes_ = emit_.size() - start;
}

std::uint32_t Compiler::emit_entries(program::Entries const& entries) {
    std::uint32_t const table = emit_.size();
    note(Part::Table);
    for (std::uint32_t i = 1; i < entries.size(); ++i) {
        emit_.halfword(0);
    }
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        std::uint32_t const here = emit_.size() / 2;
        if (i == 0) {
            entry_ = std::uint16_t(here);
        } else {
            emit_.set_halfword(table + 2 * (i - 1), here);
        }
        pc_ = entries.at(i).pc;
        note(Part::Start);
        emit_entry(pc_);
    }
    return table;
}

// All that is not a constant comes in registers: see enter() (gate.hpp).
[[gnu::always_inline]] inline void Compiler::emit_entry(Pc pc) {
    Block const& block = flow_.blocks()[flow_.block_at(pc)];
    receive(block);
    for (Item const item : {Item::ReadBase, Item::ReadCount, Item::WriteBase, Item::WriteCount}) {
        if (homes_.has_reg(item)) {
            load_item(homes_.of(item), item);
        }
    }
    if (flow_.has_local_calls()) {
        emit_.move(scratch2, std::uint32_t(address_of(instance_.saved_frames())));
        store_run(scratch2, saved_at);
        store_run(scratch2, saved_start_at);
        if (instance_.plan().may_recurse) {
            emit_.move(scratch2, instance_.plan().depth - 1u);
            store_run(scratch2, depth_at);
        }
        init(Homes::low(isa::frame_pointer), std::uint32_t(instance_.frame_pointer()));
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

// What is in r0 to r4 goes home, all at once: what has memory first, then whatever is in nobody's
// way.
[[gnu::always_inline]] inline void Compiler::receive(Block const& block) {
    struct Arrival {
        Item item;
        Reg from;
    };
    Arrival arrivals[]{{Homes::low(1), Reg::r0}, {Item::ContextBase, Reg::r0},
                       {Homes::low(2), Reg::r1}, {Item::ContextLast, Reg::r1},
                       {Item::Fuel, Reg::r2},    {Item::Own, Reg::r4}};
    auto const move = [&](Arrival const& arrival, Reg to) {
        arrival.item == Item::ContextLast ? emit_.alu(Op::Sub, to, arrival.from, context_quick_)
                                          : emit_.move(to, arrival.from);
    };
    std::uint32_t left = 0;
    for (std::uint32_t i = 0; i < std::size(arrivals); ++i) {
        Item const item = arrivals[i].item;
        auto const reg = std::uint32_t(item);
        bool const is_wanted = reg >= isa::register_count || block.needed.has_low(reg);
        if (!is_wanted || !homes_.is_used(item)) {
            continue;
        }
        if (homes_.has_reg(item)) {
            left |= 1u << i;
            continue;
        }
        Reg from = arrivals[i].from;
        if (item == Item::ContextLast) {
            move(arrivals[i], scratch);
            from = scratch;
        }
        store_item(from, item);
    }
    auto const target_of = [&](std::uint32_t i) { return homes_.of(arrivals[i].item); };
    auto const is_in_the_way = [&](std::uint32_t i) {
        bool found = false;
        for (std::uint32_t others = left; others != 0; others &= others - 1) {
            auto const other = std::uint32_t(std::countr_zero(others));
            found |= arrivals[other].from == target_of(i) && target_of(other) != target_of(i);
        }
        return found;
    };
    while (left != 0) {
        std::uint32_t const before = left;
        for (std::uint32_t i = 0; i < std::size(arrivals); ++i) {
            if ((left >> i & 1) != 0 && !is_in_the_way(i)) {
                left &= ~(1u << i);
                move(arrivals[i], target_of(i));
            }
        }
        if (left == before) {  // In a circle.
            Reg const first = arrivals[std::countr_zero(left)].from;
            emit_.move(scratch, first);
            for (Arrival& arrival : arrivals) {
                arrival.from = arrival.from == first ? scratch : arrival.from;
            }
        }
    }
}

// The first end of a program leaves there, and others go there: r14 says which it was.
void Compiler::emit_exit() {
    leaves_ = true;
    bool const is_only = flow_.only_exit() != no_only_exit && !is_called_;
    if (!is_only) {
        settle(0);  // Which may take what the upper half is put into.
    }
    if (!is_called_ && has_wide_result()) {
        emit_.move(scratch, read_high(0, scratch));
    }
    if (is_only) {
        bool const is_free = homes_.of(Item::Fuel) != Reg::r0;
        return emit_leave(read(0, is_free ? Reg::r0 : scratch2));
    }
    if (is_called_) {
        settle_all(flow_.needed_at_return());
        if (!is_entry_) {
            return emit_.branch_back(Cond::Always, return_called_);
        }
    }
    if (leave_ != 0) {
        emit_.call(is_called_ ? return_ : leave_);
        return sites_.add({emit_.size() / 2, pc_.slot, Wanted::Leave});
    }
    emit_.move(scratch2, Reg::pc);  // Behind the next instruction, which is as short.
    sites_.add({emit_.size() / 2 + 1, pc_.slot, Wanted::Leave});
    emit_leave(home(0));
}

}  // namespace mbpf::jit
