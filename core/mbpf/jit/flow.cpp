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

[[nodiscard]] bool is_local_call(Slot slot) {
    return slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == 1;
}

// Whether the low halves decide a comparison: when both numbers have the same known upper half, or
// when only one half matters.
[[nodiscard]] bool is_narrow(Slot slot, Fact a, Fact b) {
    bool const is_32 = isa::class_of(slot.opcode()) == isa::Class::Jmp32;
    bool const is_test = Jump(slot.opcode() & 0xf0) == Jump::Set;
    return is_32 || (a.is_zero() && b.is_zero()) || (a.is_sign() && b.is_sign()) ||
           (is_test && (a.is_zero() || b.is_zero()));
}

// Arguments of a helper, as halves. A helper that is called with words gets low halves; of a
// pointer the upper half must be looked at.
[[nodiscard]] Halves arguments_of(machine::Helper const& helper) {
    Halves uses;
    for (std::uint32_t i = 0; i < helper.args.size(); ++i) {
        machine::Arg const arg = helper.args[i];
        bool const is_word = helper.direct != nullptr && !arg.is_pointer();
        if (arg.kind() != machine::ArgKind::Unused) {
            uses = uses | (is_word ? Halves::low(i + 1) : Halves::both(i + 1));
        }
    }
    return uses;
}

}  // namespace

Flow::Flow(verifier::VerifiedProgram const& program, machine::HelperTable helpers,
           WritableBytes scratch)
    : program_{program}, helpers_{helpers} {
    std::size_t const marks_bytes = align_up(program.text().slots(), 8);
    void* const marks = scratch.data();
    void* const blocks = scratch.data() + marks_bytes;
    marks_ = static_cast<std::uint8_t*>(marks);
    blocks_ = {static_cast<Block*>(blocks), max_blocks(program.text().slots())};
    __builtin_memset(marks, 0, marks_bytes);
}

Pc Flow::target_of(Pc pc) const {
    Slot const slot = text()[pc];
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

void Flow::find_leaders() {
    program::Entries const& entries = program_.program().entries;
    mark(Pc{0}, leader_mark | function_mark);
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        mark(entries.at(i).pc, leader_mark | function_mark);
    }
    for (Pc pc{}; pc.slot < text().slots(); pc.slot += width_at(pc)) {
        Slot const slot = text()[pc];
        Shape const shape = isa::shape_of(slot.opcode());
        if (!is_jump(shape) && !is_local_call(slot) && shape != Shape::Exit) {
            continue;
        }
        if (pc.slot + 1 < text().slots()) {
            mark(Pc{pc.slot + 1}, leader_mark);
        }
        if (shape != Shape::Exit) {
            Pc const target = target_of(pc);
            bool const is_back = target.slot <= pc.slot && is_jump(shape);
            mark(target, is_back ? leader_mark | head_mark : leader_mark);
            if (is_local_call(slot)) {
                mark(target, function_mark);
            }
        }
    }
}

bool Flow::make_blocks() {
    for (Pc pc{}; pc.slot < text().slots(); ++pc.slot) {
        if (!is_leader(pc)) {
            continue;
        }
        if (count_ == blocks_.size()) {
            return false;
        }
        blocks_[count_] = {Facts::unreached(), Halves{}, std::uint16_t(pc.slot), 0};
        ++count_;
    }
    return true;
}

void Flow::apply_at(Facts& facts, Pc pc) const {
    Slot const slot = text()[pc];
    bool const is_wide = width_at(pc) == 2;
    std::uint32_t const tail_high = is_wide ? text()[Pc{pc.slot + 1}].high : 0;
    apply(facts, slot, tail_high, helper_of(slot));
}

bool Flow::merge(Pc target, Facts facts) {
    Facts& there = blocks_[block_at(target)].facts;
    Facts const merged = there & facts;
    bool const changes = merged != there;
    there = merged;
    return changes;
}

bool Flow::flow_forward_once() {
    bool changes = false;
    for (std::uint32_t i = 0; i < count_; ++i) {
        Facts facts = blocks_[i].facts;
        if (facts.is_unreached()) {
            continue;
        }
        Pc last{};
        for (Pc pc{blocks_[i].slot}; pc.slot < end_of(i); pc.slot += width_at(pc)) {
            apply_at(facts, pc);
            last = pc;
        }
        Shape const shape = isa::shape_of(text()[last].opcode());
        if (is_jump(shape)) {
            changes |= merge(target_of(last), facts);
        }
        if (falls_through(shape) && i + 1 < count_) {
            changes |= merge(Pc{end_of(i)}, facts);
        }
    }
    return changes;
}

// An entry may also be called from within, so what is known at an entry is known of no function
// that is called.
void Flow::flow_forward() {
    for (std::uint32_t i = 0; i < count_; ++i) {
        if (is_function(Pc{blocks_[i].slot})) {
            blocks_[i].facts = entry_facts();
        }
    }
    for (Pc pc{}; pc.slot < text().slots(); pc.slot += width_at(pc)) {
        if (is_local_call(text()[pc])) {
            blocks_[block_at(target_of(pc))].facts = Facts{};
        }
    }
    std::uint32_t passes = 0;
    while (flow_forward_once()) {
        if (++passes == max_passes) {
            for (Block& block : blocks()) {
                block.facts = Facts{};
            }
            break;
        }
    }
    for (Block& block : blocks()) {  // No path leads there.
        block.facts = block.facts.is_unreached() ? Facts{} : block.facts;
    }
}

void Flow::mark_known() {
    for (std::uint32_t i = 0; i < count_; ++i) {
        Facts facts = blocks_[i].facts;
        for (Pc pc{blocks_[i].slot}; pc.slot < end_of(i); pc.slot += width_at(pc)) {
            Slot const slot = text()[pc];
            Shape const shape = isa::shape_of(slot.opcode());
            Fact const a = facts[slot.dst()];
            bool const has_src = shape != Shape::Call && shape != Shape::Wide;
            Fact const src = has_src ? facts[slot.src()] : Fact{};
            mark(pc, a.has_known_high() ? dst_known_mark : 0);
            mark(pc, src.has_known_high() ? src_known_mark : 0);
            if (shape == Shape::JumpImm || shape == Shape::JumpReg) {
                Fact const imm = Fact::of_constant(std::uint64_t(std::int64_t(slot.imm())));
                Fact const b = shape == Shape::JumpImm ? imm : src;
                mark(pc, is_narrow(slot, a, b) ? result_known_mark : 0);
            }
            apply_at(facts, pc);
            if (!is_jump(shape)) {
                mark(pc, facts[slot.dst()].has_known_high() ? result_known_mark : 0);
            }
        }
    }
}

// Halves that the instruction at `pc` writes.
Halves Flow::defines_of(Pc pc) const {
    Slot const slot = text()[pc];
    switch (isa::shape_of(slot.opcode())) {
        case Shape::AluImm:
        case Shape::AluReg:
        case Shape::DivideImm:
        case Shape::DivideReg:
        case Shape::MoveReg:
        case Shape::Negate:
        case Shape::ByteSwap:
        case Shape::Load:
        case Shape::Wide:
        case Shape::WideSection: return Halves::both(slot.dst());
        case Shape::AtomicReg:
            return isa::atomic_writes_source(slot.imm()) ? Halves::both(slot.src())
                   : slot.imm() == std::int32_t(isa::Atomic::CompareExchange) ? Halves::both(0)
                                                                              : Halves{};
        case Shape::Call:
            return is_local_call(slot) ? Halves::below(isa::first_saved_register) : Halves::both(0);
        default: return {};
    }
}

// Halves that the instruction at `pc` reads, if `needed` is what is needed behind it.
Halves Flow::uses_of(Pc pc, Halves needed) const {
    Slot const slot = text()[pc];
    std::uint8_t const opcode = slot.opcode();
    std::uint32_t const dst = slot.dst();
    std::uint32_t const src = slot.src();
    bool const is_64 = isa::class_of(opcode) == isa::Class::Alu64;
    auto const operation = Alu(opcode & 0xf0);
    bool const wants_high =
        is_64 && needed.has_high(dst) && (marks_[pc.slot] & result_known_mark) == 0;
    bool const wants_any = needed.has_low(dst) || needed.has_high(dst);
    Halves const dst_high = high_unless(pc, dst_known_mark, dst);
    Halves const src_high = high_unless(pc, src_known_mark, src);
    Shape const shape = isa::shape_of(opcode);
    switch (shape) {
        case Shape::AluImm:
        case Shape::AluReg: {
            if (!wants_any) {
                return {};
            }
            bool const is_reg = shape == Shape::AluReg;
            Halves const low = Halves::low(dst) | (is_reg ? Halves::low(src) : Halves{});
            if (operation == Alu::Mov) {
                return {};
            }
            bool const goes_down = operation == Alu::Rsh || operation == Alu::Arsh;
            bool const is_shift = goes_down || operation == Alu::Lsh;
            Halves const high = dst_high | (is_reg && !is_shift ? src_high : Halves{});
            return is_64 && (goes_down || wants_high) ? low | high : low;
        }
        case Shape::DivideImm:
        case Shape::DivideReg: {
            if (!wants_any) {
                return {};
            }
            bool const is_reg = shape == Shape::DivideReg;
            Halves const low = Halves::low(dst) | (is_reg ? Halves::low(src) : Halves{});
            return is_64 ? low | dst_high | (is_reg ? src_high : Halves{}) : low;
        }
        case Shape::MoveReg:
            return (wants_any ? Halves::low(src) : Halves{}) | (wants_high ? src_high : Halves{});
        case Shape::Negate:
            return (wants_any ? Halves::low(dst) : Halves{}) | (wants_high ? dst_high : Halves{});
        case Shape::ByteSwap: {
            bool const is_whole = slot.imm() == 64;
            return !wants_any ? Halves{}
                   : is_whole ? Halves::low(dst) | dst_high
                              : Halves::low(dst);
        }
        case Shape::Load: return Halves::low(src) | src_high;
        case Shape::StoreImm: return Halves::low(dst) | dst_high;
        case Shape::StoreReg:
            return Halves::low(dst) | dst_high | Halves::low(src) |
                   (isa::access_bytes(opcode) == 8 ? src_high : Halves{});
        case Shape::AtomicReg:
            return Halves::low(dst) | dst_high | Halves::low(src) | Halves::high(src) |
                   Halves::both(0);
        case Shape::JumpImm:
        case Shape::JumpReg: {
            bool const is_reg = shape == Shape::JumpReg;
            Halves const low = Halves::low(dst) | (is_reg ? Halves::low(src) : Halves{});
            bool const is_narrow_one = (marks_[pc.slot] & result_known_mark) != 0;
            return is_narrow_one ? low : low | dst_high | (is_reg ? src_high : Halves{});
        }
        case Shape::Call:
            return is_local_call(slot) ? blocks_[block_at(target_of(pc))].needed
                                       : arguments_of(*helper_of(slot));
        case Shape::Exit: return Halves::both(0) | needed_at_return_;
        default: return {};
    }
}

Halves Flow::needed_behind(std::uint32_t index) const {
    std::uint32_t const end = end_of(index);
    Pc last{blocks_[index].slot};
    while (last.slot + width_at(last) < end) {
        last.slot += width_at(last);
    }
    Shape const shape = isa::shape_of(text()[last].opcode());
    Halves needed;
    if (is_jump(shape)) {
        needed = needed | blocks_[block_at(target_of(last))].needed;
    }
    if (falls_through(shape) && index + 1 < count_) {
        needed = needed | blocks_[index + 1].needed;
    }
    return needed;
}

// Walks block `index` backward, and notes what is needed of each instruction's result.
Halves Flow::needed_before(std::uint32_t index) {
    Halves needed = needed_behind(index);
    std::uint32_t const first = blocks_[index].slot;
    for (std::uint32_t slot = end_of(index); slot-- != first;) {
        Pc const pc{slot};
        if (text()[pc].opcode() == 0) {  // The second slot of an LDDW.
            continue;
        }
        std::uint32_t const dst = text()[pc].dst();
        std::uint32_t const kept = marks_[slot] & ~std::uint32_t(low_mark | high_mark);
        marks_[slot] = std::uint8_t(kept | (needed.has_low(dst) ? low_mark : 0u) |
                                    (needed.has_high(dst) ? high_mark : 0u));
        if (helper_of(text()[pc]) != nullptr) {
            Halves const arguments =
                Halves::below(isa::first_saved_register).without(Halves::both(0));
            bool const any = (needed & arguments) != Halves{};
            marks_[slot] = std::uint8_t((marks_[slot] & ~std::uint32_t(arguments_mark)) |
                                        (any ? arguments_mark : 0u));
        }
        if (is_local_call(text()[pc])) {
            needed_at_return_ =
                needed_at_return_ | (needed & Halves::below(isa::first_saved_register));
        }
        needed = uses_of(pc, needed) | needed.without(defines_of(pc));
    }
    return needed;
}

bool Flow::flow_backward_once() {
    Halves const at_return = needed_at_return_;
    bool changes = false;
    for (std::uint32_t i = count_; i-- != 0;) {
        Halves const needed = needed_before(i);
        changes |= needed != blocks_[i].needed;
        blocks_[i].needed = needed;
    }
    return changes || at_return != needed_at_return_;
}

void Flow::flow_backward() {
    std::uint32_t passes = 0;
    while (flow_backward_once()) {
        if (++passes == max_passes) {
            for (Block& block : blocks()) {
                block.needed = Halves::all();
            }
            needed_at_return_ = Halves::below(isa::first_saved_register);
            (void)flow_backward_once();  // The marks; needs only shrink.
            for (Block& block : blocks()) {
                block.needed = Halves::all();
            }
            break;
        }
    }
}

Result<void> Flow::analyze() {
    find_leaders();
    if (!make_blocks()) {
        return Error{Fault::TooManyFunctions, 0, text().slots(), std::uint32_t(blocks_.size())};
    }
    flow_forward();
    mark_known();
    flow_backward();
    return {};
}

}  // namespace mbpf::jit
