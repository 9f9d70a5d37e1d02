// SPDX-License-Identifier: MIT
// The way back: which halves of registers are still needed.
#include "mbpf/jit/flow.hpp"

namespace mbpf::jit {

namespace {

using isa::Shape;
using isa::Slot;

// Arguments of a helper, as halves: upper ones unless they are known.
[[nodiscard]] Halves arguments_of(machine::Helper const& helper, bool are_known) {
    Halves uses;
    for (std::uint32_t i = 0; i < helper.args.size(); ++i) {
        if (helper.args[i].kind() != machine::ArgKind::Unused) {
            bool const is_low = are_known || takes_word(helper, i);
            uses = uses | (is_low ? Halves::low(i + 1) : Halves::both(i + 1));
        }
    }
    return uses;
}

}  // namespace

// What the instruction at `pc`, which is of that block, reads and writes besides its operands.
[[gnu::always_inline]] inline Flow::Effect Flow::effect_of(Block const& block, Pc pc,
                                                           Slot const& slot, Halves needed) {
    Halves const saved_by_caller = Halves::below(isa::first_saved_register);
    if (isa::shape_of(slot.opcode()) == Shape::AtomicReg) {
        Halves const src = Halves::both(slot.src());
        bool const compares = slot.imm() == std::int32_t(isa::Atomic::CompareExchange);
        return {src | Halves::both(0), isa::atomic_writes_source(slot.imm()) ? src
                                       : compares                            ? Halves::both(0)
                                                                             : Halves{}};
    }
    if (is(slot, isa::Opcode::Exit)) {
        return {has_local_calls_           ? Halves::both(0) | needed_at_return_
                : marks_at(pc).knows_dst() ? Halves::low(0)
                                           : Halves::both(0),
                {}};
    }
    if (!is(slot, isa::Opcode::Call)) {
        return {};
    }
    if (is_local_call(slot)) {
        needed_at_return_ = needed_at_return_ | (needed & saved_by_caller);
        return {blocks_[block.target].needed, saved_by_caller};
    }
    if ((needed & saved_by_caller.without(Halves::both(0))) != Halves{}) {
        mark(pc, Marks::arguments);
    }
    return {arguments_of(*helper_of(slot), marks_at(pc).knows_dst()), Halves::both(0)};
}

Halves Flow::behind_of(Block const& block, std::uint32_t index) const {
    Halves needed;
    if (block.jumps) {
        needed = needed | blocks_[block.target].needed;
    }
    if (block.falls) {
        needed = needed | blocks_[index + 1].needed;
    }
    return needed;
}

// Walks block `index` backward, and notes what is needed of each instruction's result: no less than
// what was noted before, because needs only grow.
Halves Flow::needed_before(std::uint32_t index, Halves needed) {
    Block const& block = blocks_[index];
    Pc pc{end_of(index)};
    visits_.add(pc.slot - block.slot);
    work_ += pc.slot - block.slot;
    while (pc.slot-- != block.slot) {
        Slot const slot = at(pc);
        if (slot.opcode() == 0) {  // The second slot of an LDDW.
            continue;
        }
        Roles const roles{slot};
        std::uint32_t const dst = slot.dst();
        std::uint32_t const src = slot.src();
        std::uint32_t const result = needed.of(dst);
        std::uint32_t const marks = marks_[pc.slot];
        Halves uses;
        if (result != 0 || !roles.computes()) {
            std::uint32_t high = roles.high_parts();
            if (high != 0 && !roles.goes_down()) {
                bool const is_wanted = result >> 16 != 0 || !roles.writes_dst();
                high = is_wanted && (marks & Marks::result_known) == 0 ? high : 0;
            }
            if (slot.imm() == 64 && isa::shape_of(slot.opcode()) == Shape::ByteSwap) {
                high = Roles::dst_part;
            }
            std::uint32_t const parts = roles.parts() | (high & ~(marks / Marks::dst_known)) << 16;
            uses = Halves::at(dst, parts) | Halves::at(src, parts >> 1);
        }
        Halves behind = roles.writes_dst() ? needed.without(Halves::at(dst, ~0u)) : needed;
        if (roles.has_effect()) {
            Effect const effect = effect_of(block, pc, slot, needed);
            uses = uses | effect.uses;
            behind = needed.without(effect.defines);
        }
        std::uint32_t const pairs = result | Halves::mixed(behind, needed | uses).of(dst) << 2 |
                                    Halves::mixed(behind, uses).of(src) << 4;
        mark(pc, (pairs | pairs >> 15) & Marks::needed);
        needed = uses | behind;
    }
    return needed;
}

// Whether callers, or a function that is called, say what is needed at its end.
bool Flow::is_asked(Block const& block) const {
    return has_local_calls_ && (block.calls || !(block.jumps || block.falls));
}

// From the last block to the first. One whose end needs what it needed last time is done. Where one
// needs more at its start, the last block that jumps back there is next: so a loop is done before
// what is in front of it. Whether something changed.
[[gnu::always_inline]] inline bool Flow::find_needs() {
    Halves const at_return = needed_at_return_;
    bool changes = false;
    for (std::uint32_t i = count_; i-- != 0 && may_go_on();) {
        Block& block = blocks_[i];
        Halves const behind = behind_of(block, i);
        if (!block.is_dirty && behind == block.behind && !is_asked(block)) {
            ++work_;
            continue;
        }
        block.is_dirty = false;
        block.behind = behind;
        Halves const needed = block.needed | needed_before(i, behind);
        if (needed != block.needed) {
            block.needed = is_late(usual_work_backward) ? Halves::all() : needed;
            changes = true;
            i = block.code_at >= i ? block.code_at + 1u : i;
        }
    }
    return changes || at_return != needed_at_return_;
}

void Flow::flow_backward() {
    work_ = 0;
    while (find_needs() && has_local_calls_) {
    }
    if (may_go_on()) {
        return;
    }
    for (Block& block : blocks()) {
        block.needed = Halves::all();
    }
    needed_at_return_ = Halves::below(isa::first_saved_register);
    for (std::uint32_t i = 0; i < count_; ++i) {  // The marks; needs only shrink.
        (void)needed_before(i, Halves::all());
        blocks_[i].behind = Halves::all();
    }
}

}  // namespace mbpf::jit
