// SPDX-License-Identifier: MIT
#include "mbpf/jit/flow.hpp"

namespace mbpf::jit {

namespace {

using isa::Alu;
using isa::Jump;
using isa::Shape;
using isa::Slot;

[[nodiscard]] bool is_jump(Shape shape) {
    return shape == Shape::JumpAlways || shape == Shape::JumpLong || shape == Shape::JumpImm ||
           shape == Shape::JumpReg;
}

[[nodiscard]] bool falls_through(Shape shape) {
    return shape != Shape::JumpAlways && shape != Shape::JumpLong && shape != Shape::Exit;
}

[[nodiscard]] bool is(Slot slot, isa::Opcode opcode) {
    return slot.opcode() == std::uint8_t(opcode);
}

// Jumps, calls, the end of a function.
[[nodiscard]] bool is_of_jumps(Slot slot) {
    isa::Class const part = isa::class_of(slot.opcode());
    return part == isa::Class::Jmp || part == isa::Class::Jmp32;
}

// Of a word at a negative offset from r10.
[[nodiscard]] std::uint32_t spill_index(Slot slot) {
    std::uint32_t const offset = 0u - std::uint32_t(std::int32_t(slot.offset()));
    return offset % 8 == 0 ? offset / 8 - 1 : ~0u;
}

[[nodiscard]] bool is_local_call(Slot const& slot) {
    return is(slot, isa::Opcode::Call) && slot.src() == 1;
}

// Whether the low halves decide a comparison: when both numbers have the same known upper half, or
// when only one half matters.
[[nodiscard]] bool is_narrow(Slot const& slot, Fact a, Fact b) {
    bool const is_32 = isa::class_of(slot.opcode()) == isa::Class::Jmp32;
    bool const is_test = Jump(slot.opcode() & 0xf0) == Jump::Set;
    return is_32 || (a.is_zero() && b.is_zero()) || (a.is_sign() && b.is_sign()) ||
           (is_test && (a.is_zero() || b.is_zero()));
}

// Whether the helper is called with the low half of its argument number `index`.
[[nodiscard]] bool takes_word(machine::Helper const& helper, std::uint32_t index) {
    return helper.args[index].kind() == machine::ArgKind::Unused ||
           (helper.direct != nullptr && !helper.args[index].is_pointer());
}

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

[[nodiscard]] bool knows_arguments(machine::Helper const& helper, State const& state) {
    bool all = true;
    for (std::uint32_t i = 0; i < helper.args.size(); ++i) {
        all = all && (takes_word(helper, i) || state.fact(i + 1).has_known_high());
    }
    return all;
}

}  // namespace

Flow::Flow(verifier::VerifiedProgram const& program, machine::HelperTable helpers,
           WritableBytes scratch)
    : text_{program.text().bytes().data()},
      slots_{program.text().slots()},
      entries_{program.program().entries},
      helpers_{helpers} {
    std::size_t const marks_bytes = scratch_bytes(slots_, 0);
    void* const marks = scratch.data();
    void* const blocks = scratch.data() + marks_bytes;
    marks_ = static_cast<std::uint16_t*>(marks);
    blocks_ = {static_cast<Block*>(blocks), (scratch.size() - marks_bytes) / sizeof(Block)};
    __builtin_memset(marks, 0, marks_bytes);
}

Pc Flow::target_of(Pc pc) const {
    Slot const slot = raw_at(pc);
    bool const is_long = isa::shape_of(slot.opcode()) == Shape::JumpLong || is_local_call(slot);
    return {pc.slot + 1 + (is_long ? slot.high : std::uint32_t(std::int32_t(slot.offset())))};
}

std::uint32_t Flow::block_at(Pc pc) const {
    std::uint32_t first = 0;
    std::uint32_t end = count_;
    while (end - first > 1) {
        std::uint32_t const middle = (first + end) / 2;
        (blocks_[middle].slot <= pc.slot ? first : end) = middle;
    }
    return first;
}

void Flow::Vote::add(std::uint32_t value, std::uint32_t count) {
    if (value == most) {
        votes += count;
    } else if (count > votes) {
        most = value;
        votes = count - votes;
    } else {
        votes -= count;
    }
}

void Flow::mark_leader(Pc pc, std::uint32_t marks) {
    leaders_ += is_leader(pc) ? 0u : 1u;
    mark(pc, leader_mark | marks);
}

void Flow::find_leaders() {
    mark_leader(Pc{0}, function_mark);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        mark_leader(entries_.at(i).pc, function_mark);
    }
    for (Pc pc{}; pc.slot < slots_;) {
        Slot const slot = raw_at(pc);
        if (is_of_jumps(slot)) {
            note_jump(pc, slot);
        }
        pc.slot += width_of(slot);
    }
}

void Flow::note_jump(Pc pc, Slot slot) {
    if (machine::Helper const* const helper = helper_of(slot); helper != nullptr) {
        has_direct_calls_ |= helper->direct != nullptr;
        return;
    }
    if (pc.slot + 1 < slots_) {
        mark_leader(Pc{pc.slot + 1}, 0);
    }
    if (is(slot, isa::Opcode::Exit)) {
        return;
    }
    Pc const target = target_of(pc);
    if (is_local_call(slot)) {
        mark_leader(target, target_mark | function_mark);
        has_local_calls_ = true;
        return;
    }
    mark_leader(target, target_mark);
    if (target.slot <= pc.slot) {
        mark(target, head_mark);
        note_loop(target, pc);
    }
}

// Only a hint for who chooses registers: it stops counting where counting would take long.
void Flow::note_loop(Pc first, Pc last) {
    constexpr std::uint32_t one = 1u << depth_at;
    loop_work_ += last.slot - first.slot;
    if (loop_work_ > 6 * slots_) {
        return;
    }
    visits_.add(last.slot - first.slot + 1);
    for (Pc pc = first; pc.slot <= last.slot; ++pc.slot) {
        std::uint32_t const marks = marks_[pc.slot];
        marks_[pc.slot] = std::uint16_t(marks >> depth_at == 3 ? marks : marks + one);
    }
}

void Flow::make_blocks() {
    for (Pc pc{}; pc.slot < slots_; ++pc.slot) {
        if (is_leader(pc)) {
            Block& block = blocks_[count_];
            block = Block{};
            block.slot = std::uint16_t(pc.slot);
            mark(pc, count_ & index_marks);
            ++count_;
        }
    }
    link_blocks();
    if (has_local_calls_) {
        find_saved();
    }
}

void Flow::link_blocks() {
    for (std::uint32_t i = 0; i < count_; ++i) {
        Block& block = blocks_[i];
        Pc last{end_of(i) - 1};
        if (raw_at(last).opcode() == 0) {
            --last.slot;  // The second slot of an LDDW.
        }
        Slot const slot = raw_at(last);
        Shape const shape = isa::shape_of(slot.opcode());
        block.jumps = is_jump(shape);
        block.calls = is_local_call(slot);
        block.falls = falls_through(shape) && i + 1 < count_;
        if (block.jumps || block.calls) {
            std::uint32_t const start = target_of(last).slot;
            std::uint32_t target = marks_[start] & index_marks;
            while (blocks_[target].slot != start) {
                target += index_marks + 1;
            }
            block.target = std::uint16_t(target);
        }
    }
    for (Block const& block : blocks()) {
        marks_[block.slot] = std::uint16_t(marks_[block.slot] & ~index_marks);
    }
}

Known Flow::spilled_at(Pc pc, Slot slot) const {
    std::uint32_t const index = spill_index(slot);
    bool const is_filled = index < spill_count && spills_[index].slot < pc.slot;
    return Known{Fact{}.pointing(is_filled ? spills_[index].origin : Origin::None)};
}

void Flow::note_spill(Pc pc, Slot slot, Origin origin) {
    std::uint32_t const index = spill_index(slot);
    bool const is_spill = is(slot, isa::Opcode::StoreDouble) && slot.dst() == isa::frame_pointer &&
                          origin != Origin::None && index < spill_count;
    if (is_spill && spills_[index].origin == Origin::None) {
        spills_[index] = {std::uint16_t(pc.slot), origin};
    }
}

// What is accessed at `base` decides what has registers.
void Flow::note_access(Pc pc, Slot slot, Fact base) {
    std::uint32_t const weight_here = base.is_context() ? 0u : weight(pc);
    std::uint32_t const bytes = isa::access_bytes(slot.opcode());
    std::int32_t const offset = slot.offset();
    if (base.origin() == Origin::None) {
        bool const is_load = Roles{slot}.loads();
        (is_load ? usual_load_ : usual_store_).add(bytes, weight_here);
        weights_[is_load ? 0 : stores_at] += weight_here;
        return;
    }
    weights_[std::uint32_t(base.origin())] += weight_here;
    if (base.origin() == Origin::Context && offset >= 0 && offset <= most_context_offset) {
        usual_end_.add(std::uint32_t(offset) + bytes, weight_here);
    }
}

// Updates `state` over the instruction at `pc`, and marks what they say, for the way back.
inline void Flow::note_known(State& state, Pc pc, Slot slot) {
    visits_.add(1);
    Roles const roles{slot};
    Fact const dst = state.fact(slot.dst());
    Fact const src = state.fact(slot.src());
    bool knows_dst = dst.has_known_high();
    bool knows_src = src.has_known_high();
    bool knows_result = false;
    if (roles.accesses()) {
        if (roles.loads()) {
            knows_src = src.is_low_address();
        } else if (!roles.is_atomic()) {  // Their service takes the base from its homes.
            knows_dst = dst.is_low_address();
        }
        if (notes_spills_) {
            note_spill(pc, slot, src.origin());
        }
        note_access(pc, slot, roles.loads() ? src : dst);
        state.note_access(roles.loads() ? slot.src() : slot.dst());
    }
    if (roles.writes_dst()) {
        Known const result = result_at(state, pc, slot);
        knows_result = result.fact().has_known_high();
        state.set(slot.dst(), result);
    } else if (roles.has_effect()) {
        if (machine::Helper const* const helper = helper_of(slot); helper != nullptr) {
            knows_dst = knows_arguments(*helper, state);
        }
        returns_high_ |= is(slot, isa::Opcode::Exit) && !dst.is_zero();
        update(state, slot, {}, helpers_);
    } else if (!roles.stores()) {
        Fact const imm = Fact::of_constant(slot.high, std::uint32_t(slot.imm() >> 31));
        bool const has_imm = (slot.opcode() & isa::source_register) == 0;
        knows_result = is_narrow(slot, dst, has_imm ? imm : src);
    }
    std::uint32_t const known = (knows_dst ? dst_known_mark : 0) |
                                (knows_src ? src_known_mark : 0) |
                                (knows_result ? result_known_mark : 0);
    constexpr std::uint32_t marks = dst_known_mark | src_known_mark | result_known_mark;
    marks_[pc.slot] = std::uint16_t((marks_[pc.slot] & ~marks) | known);
}

// Whether a block before `from`, which has been looked at, must be looked at again.
bool Flow::merge(std::uint32_t index, std::uint32_t from, Facts const& facts) {
    Block& block = blocks_[index];
    bool const changes = block.facts.meet(facts);
    block.is_dirty |= changes;
    return changes && index <= from;
}

bool Flow::flow_forward_once(State& state) {
    bool again = false;
    for (std::uint32_t i = 0; i < count_; ++i) {
        Block& block = blocks_[i];
        if (!block.is_dirty) {
            continue;
        }
        block.is_dirty = false;
        state.start(block.facts, !has_local_calls_);
        std::uint32_t const end = end_of(i);
        for (Pc pc{block.slot}; pc.slot < end;) {
            Slot const slot = at(pc);
            note_known(state, pc, slot);
            pc.slot += width_of(slot);
        }
        if (block.jumps) {
            again |= merge(block.target, i, state.facts());
        }
        if (block.falls) {
            again |= merge(i + 1, i, state.facts());
        }
    }
    return again;
}

// An entry may also be called from within, so what is known at an entry is known of no function
// that is called.
void Flow::flow_forward() {
    for (Block& block : blocks()) {
        bool const is_entry = is_function(Pc{block.slot});
        block.is_dirty = is_entry;
        if (is_entry) {
            block.facts = entry_facts();
        } else {
            block.facts.set_unreached();
        }
    }
    for (Block const& block : blocks()) {
        if (block.calls) {
            blocks_[block.target].facts = Facts{};
        }
    }
    State state;
    std::uint32_t passes = 0;
    for (notes_spills_ = true; flow_forward_once(state);) {
        notes_spills_ = false;
        if (++passes == max_passes) {  // Nothing is known at any block, whatever comes before.
            for (Block& block : blocks()) {
                block.facts = Facts{};
                block.is_dirty = true;
            }
            (void)flow_forward_once(state);
            break;
        }
    }
    for (Block& block : blocks()) {
        if (block.facts.is_unreached()) {  // No path leads there.
            block.facts = Facts{};
        }
    }
}

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

Result<void> Flow::analyze() {
    find_leaders();
    if (leaders_ > blocks_.size()) {
        return Error{Fault::MemoryTooSmall, 0,
                     std::uint32_t(scratch_bytes(slots_, std::uint32_t(blocks_.size()))),
                     std::uint32_t(scratch_bytes(slots_, leaders_))};
    }
    make_blocks();
    flow_forward();
    flow_backward();
    return {};
}

}  // namespace mbpf::jit
