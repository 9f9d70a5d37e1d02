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
Flow::Effect Flow::effect_of(Block const& block, Pc pc, Slot slot, Halves needed) {
    Halves const saved_by_caller = Halves::below(isa::first_saved_register);
    if (isa::shape_of(slot.opcode()) == Shape::AtomicReg) {
        Halves const src = Halves::both(slot.src());
        bool const compares = slot.imm() == std::int32_t(isa::Atomic::CompareExchange);
        return {src | Halves::both(0), isa::atomic_writes_source(slot.imm()) ? src
                                       : compares                            ? Halves::both(0)
                                                                             : Halves{}};
    }
    if (is(slot, isa::Opcode::Exit)) {
        return {has_local_calls_ ? Halves::both(0) | needed_at_return_
                : knows_dst(pc)  ? Halves::low(0)
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
        mark(pc, arguments_mark);
    }
    return {arguments_of(*helper_of(slot), knows_dst(pc)), Halves::both(0)};
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
                high = is_wanted && (marks & result_known_mark) == 0 ? high : 0;
            }
            if (slot.imm() == 64 && isa::shape_of(slot.opcode()) == Shape::ByteSwap) {
                high = Roles::dst_part;
            }
            std::uint32_t const parts = roles.parts() | (high & ~(marks / dst_known_mark)) << 16;
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
        mark(pc, (pairs | pairs >> 15) & needed_marks);
        needed = uses | behind;
    }
    return needed;
}

// A block whose end needs what it needed last time is done. What is needed at returns, and by
// functions that are called, may change what instructions in a block need: then all are looked at.
bool Flow::flow_backward_once(bool all) {
    Halves const at_return = needed_at_return_;
    bool changes = false;
    for (std::uint32_t i = count_; i-- != 0;) {
        Block& block = blocks_[i];
        Halves const behind = behind_of(block, i);
        if (!all && behind == block.behind) {
            continue;
        }
        block.behind = behind;
        Halves const needed = needed_before(i, behind);
        changes |= needed != block.needed;
        block.needed = needed;
    }
    return changes || at_return != needed_at_return_;
}

void Flow::flow_backward() {
    std::uint32_t passes = 0;
    while (flow_backward_once(passes == 0 || has_local_calls_)) {
        if (++passes == max_passes) {
            for (Block& block : blocks()) {
                block.needed = Halves::all();
            }
            needed_at_return_ = Halves::below(isa::first_saved_register);
            (void)flow_backward_once(true);  // The marks; needs only shrink.
            for (Block& block : blocks()) {
                block.needed = Halves::all();
                block.behind = Halves::all();
            }
            break;
        }
    }
}

}  // namespace mbpf::jit
