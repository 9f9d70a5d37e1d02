// SPDX-License-Identifier: MIT
// The way forward: what is known of registers at each block, and where addresses that were loaded
// are looked at.
#include "mbpf/jit/flow.hpp"

namespace mbpf::jit {

namespace {

using isa::Jump;
using isa::Slot;

// Of a word at a negative offset from r10.
[[nodiscard]] std::uint32_t spill_index(Slot const& slot) {
    std::uint32_t const offset = 0u - std::uint32_t(std::int32_t(slot.offset()));
    return offset % 8 == 0 ? offset / 8 - 1 : ~0u;
}

// Whether the low halves decide a comparison: when both numbers have the same known upper half, or
// when only one half matters.
[[nodiscard]] bool is_narrow(Slot const& slot, Fact a, Fact b) {
    bool const is_32 = isa::class_of(slot.opcode()) == isa::Class::Jmp32;
    bool const is_test = Jump(slot.opcode() & 0xf0) == Jump::Set;
    return is_32 || (a.is_zero() && b.is_zero()) || (a.is_sign() && b.is_sign()) ||
           (is_test && (a.is_zero() || b.is_zero()));
}

[[nodiscard]] bool knows_arguments(machine::Helper const& helper, State const& state) {
    bool all = true;
    for (std::uint32_t i = 0; i < helper.args.size(); ++i) {
        all = all && (takes_word(helper, i) || state.fact(i + 1).has_known_high());
    }
    return all;
}

}  // namespace

// What is loaded from there.
Known Flow::double_at(Pc pc, Slot const& slot) const {
    std::uint32_t const index = spill_index(slot);
    bool const is_filled =
        slot.src() == isa::frame_pointer && index < spill_count && spills_[index].slot < pc.slot;
    Origin const origin = is_filled ? spills_[index].origin : Origin::None;
    bool const is_address = origin == Origin::None && (!has_guards_ || has(pc, Marks::guard));
    return Known{is_address ? Fact::guarded() : Fact{}.pointing(origin)};
}

void Flow::note_spill(Pc pc, Slot const& slot, Origin origin) {
    std::uint32_t const index = spill_index(slot);
    bool const is_spill = is(slot, isa::Opcode::StoreDouble) && slot.dst() == isa::frame_pointer &&
                          origin != Origin::None && index < spill_count;
    if (is_spill && spills_[index].origin == Origin::None) {
        spills_[index] = {std::uint16_t(pc.slot), origin};
    }
}

// An address that was loaded outside of the loop where it is used is looked at there, once.
[[gnu::always_inline]] inline void Flow::note_guard(Pc pc, Slot const& slot, std::uint32_t base,
                                                    Fact fact) {
    std::uint32_t const behind = loaded_behind_[base];
    if (fact.is_guarded() && behind != 0 &&
        marks_at(pc).weight() > marks_at(Pc{behind - 1}).weight()) {
        mark(Pc{behind - 1}, Marks::guard);
        found_guards_ = true;
    }
    if (is(slot, isa::Opcode::LoadDouble)) {
        loaded_behind_[slot.dst()] = std::uint16_t(pc.slot + 1);
    }
}

// What is accessed at `base` decides what has registers.
void Flow::note_access(Pc pc, Slot const& slot, Fact base) {
    std::uint32_t const weight_here = base.is_context() ? 0u : marks_at(pc).weight();
    std::uint32_t const bytes = isa::access_bytes(slot.opcode());
    std::int32_t const offset = slot.offset();
    if (base.origin() == Origin::None) {
        bool const is_load = Roles{slot}.loads();
        (is_load ? usual_load_ : usual_store_).add(bytes, weight_here);
        std::uint32_t& most = is_load ? most_load_ : most_store_;
        most = bytes > most ? bytes : most;
        weights_[is_load ? 0 : stores_at] += weight_here;
        return;
    }
    weights_[std::uint32_t(base.origin())] += weight_here;
    if (base.origin() == Origin::Context && offset >= 0 && offset <= most_context_offset) {
        usual_end_.add(std::uint32_t(offset) + bytes, weight_here);
    }
}

// Updates `state` over the instruction at `pc`, and marks what they say, for the way back.
inline void Flow::note_known(State& state, Pc pc, Slot const& slot) {
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
        note_access(pc, slot, roles.loads() ? src : dst);
        if (is_new_) {
            note_spill(pc, slot, src.origin());
            note_guard(pc, slot, roles.loads() ? slot.src() : slot.dst(),
                       roles.loads() ? src : dst);
        }
        state.note_access(roles.loads() ? slot.src() : slot.dst());
    } else if (is_new_ && is(slot, isa::Opcode::Mov64Reg)) {
        loaded_behind_[slot.dst()] = loaded_behind_[slot.src()];
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
    std::uint32_t const known = (knows_dst ? Marks::dst_known : 0) |
                                (knows_src ? Marks::src_known : 0) |
                                (knows_result ? Marks::result_known : 0);
    constexpr std::uint32_t marks = Marks::dst_known | Marks::src_known | Marks::result_known;
    marks_[pc.slot] = std::uint16_t((marks_[pc.slot] & ~marks) | known);
}

// Whether the block must be looked at, again.
[[gnu::always_inline]] inline bool Flow::merge(std::uint32_t index, Facts const& facts) {
    Block& block = blocks_[index];
    bool const is_first = block.facts.is_unreached();
    bool const changes = block.facts.meet(facts);
    if (changes && !is_first && is_late(usual_work_forward)) {  // It would change again.
        block.facts = Facts{};
    }
    block.is_dirty |= changes;
    return changes;
}

// From the first block to the last, those of which something else is known; whether one of them
// jumps back to such a block. If nothing had come there before then it is next: so code in any
// order is looked at once.
bool Flow::find_facts(State& state) {
    bool again = false;
    for (std::uint32_t i = 0; i < count_ && may_go_on();) {
        std::uint32_t next = i + 1;
        if (!blocks_[i].is_dirty) {
            ++work_;
            i = next;
            continue;
        }
        blocks_[i].is_dirty = false;
        state.start(blocks_[i].facts, !has_local_calls_);
        is_new_ = blocks_[i].slot >= seen_;
        // With those that are entered from the one before only.
        for (bool goes_on = true; goes_on; ++i) {
            Block const& block = blocks_[i];
            std::uint32_t const end = end_of(i);
            for (Pc pc{block.slot}; pc.slot < end;) {
                Slot const slot = at(pc);
                note_known(state, pc, slot);
                pc.slot += width_of(slot);
            }
            work_ += end - block.slot;
            seen_ = is_new_ ? end : seen_;
            if (block.jumps) {
                bool const is_first = blocks_[block.target].facts.is_unreached();
                bool const is_back = merge(block.target, state.facts()) && block.target < next;
                next = is_back && is_first ? block.target : next;
                again |= is_back;
            }
            goes_on = block.falls && !is_joined(blocks_[i + 1]);
            if (block.falls && !goes_on) {
                (void)merge(i + 1, state.facts());
            }
        }
        i = next;
    }
    return again;
}

// An entry may also be called from within, so what is known at an entry is known of no function
// that is called.
void Flow::start_facts() {
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
}

void Flow::flow_forward() {
    State state{data_origin_};
    start_facts();
    bool again = find_facts(state);
    seen_ = slots_;
    // All windows are as wide as the widest access, or code that they are shut for would be long.
    has_guards_ =
        found_guards_ && usual_load_.most == most_load_ && usual_store_.most == most_store_;
    if (has_guards_) {
        start_facts();
        again = true;
    }
    while (again && may_go_on()) {
        again = find_facts(state);
    }
    if (!may_go_on()) {  // Nothing is known at any block, whatever comes before.
        for (Block& block : blocks()) {
            block.facts = Facts{};
            block.is_dirty = is_joined(block);
        }
        work_ = 0;
        (void)find_facts(state);
    }
    for (Block& block : blocks()) {
        if (block.facts.is_unreached()) {  // No path leads there.
            block.facts = Facts{};
        }
        block.is_dirty = true;  // What it needs is still to be found.
    }
}

}  // namespace mbpf::jit
