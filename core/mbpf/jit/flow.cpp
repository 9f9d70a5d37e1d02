// SPDX-License-Identifier: MIT
#include "mbpf/jit/flow.hpp"

namespace mbpf::jit {

namespace {

using isa::Shape;
using isa::Slot;

[[nodiscard]] bool is_jump(Shape shape) {
    return shape == Shape::JumpAlways || shape == Shape::JumpLong || shape == Shape::JumpImm ||
           shape == Shape::JumpReg;
}

[[nodiscard]] bool falls_through(Shape shape) {
    return shape != Shape::JumpAlways && shape != Shape::JumpLong && shape != Shape::Exit;
}

// Jumps, calls, the end of a function.
[[nodiscard]] bool is_of_jumps(Slot const& slot) {
    isa::Class const part = isa::class_of(slot.opcode());
    return part == isa::Class::Jmp || part == isa::Class::Jmp32;
}

// Where the jump or local call at `pc` goes: the latter, and a long jump, by imm.
[[nodiscard]] Pc target_of(Pc pc, Slot const& slot) {
    bool const is_long = is(slot, isa::Opcode::Call) || is(slot, isa::Opcode::Ja32);
    return {pc.slot + 1 + (is_long ? slot.high : std::uint32_t(std::int32_t(slot.offset())))};
}

}  // namespace

Flow::Flow(verifier::VerifiedProgram const& program, machine::HelperTable helpers,
           WritableBytes scratch)
    : text_{program.text().bytes().data()},
      slots_{program.text().slots()},
      entries_{program.program().entries},
      helpers_{helpers},
      data_origin_{program.program().data_is_rodata() ? Origin::Rodata : Origin::Own} {
    std::size_t const marks_bytes = scratch_bytes(slots_, 0);
    void* const marks = scratch.data();
    void* const blocks = scratch.data() + marks_bytes;
    marks_ = static_cast<std::uint16_t*>(marks);
    blocks_ = {static_cast<Block*>(blocks), (scratch.size() - marks_bytes) / sizeof(Block)};
    __builtin_memset(marks, 0, marks_bytes);
}

std::uint32_t Flow::count_up_to(std::uint32_t end, Pc pc) const {
    std::uint32_t count = 0;
    for (; pc.slot < end; ++pc.slot) {
        count += text_[std::size_t(pc.slot) * slot_bytes] != std::byte{0} ? 1u : 0u;
    }
    return count;
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
    mark(pc, Marks::leader | marks);
}

[[gnu::always_inline]] inline void Flow::find_leaders() {
    mark_leader(Pc{0}, Marks::function);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        mark_leader(entries_.at(i).pc, Marks::function);
    }
    for (Pc pc{}; pc.slot < slots_;) {
        Slot const slot = raw_at(pc);
        if (is_of_jumps(slot)) {
            note_jump(pc, slot);
        }
        pc.slot += width_of(slot);
    }
}

[[gnu::always_inline]] inline void Flow::note_jump(Pc pc, Slot const& slot) {
    if (machine::Helper const* const helper = helper_of(slot); helper != nullptr) {
        has_direct_calls_ |= helper->direct != nullptr;
        return;
    }
    if (pc.slot + 1 < slots_) {
        mark_leader(Pc{pc.slot + 1}, 0);
    }
    if (is(slot, isa::Opcode::Exit)) {
        bool const is_first = only_exit_ == no_exit && pc.slot < no_exit;
        only_exit_ = is_first ? std::uint16_t(pc.slot) : no_only_exit;
        return;
    }
    Pc const target = target_of(pc, slot);
    if (is_local_call(slot)) {
        mark_leader(target, Marks::target | Marks::function);
        has_local_calls_ = true;
        return;
    }
    mark_leader(target, Marks::target);
    if (target.slot <= pc.slot) {
        mark(target, Marks::head);
        note_loop(target, pc);
    }
}

// Only a hint for who chooses registers: it stops counting where counting would take long.
void Flow::note_loop(Pc first, Pc last) {
    constexpr std::uint32_t one = 1u << Marks::depth_at;
    loop_work_ += last.slot - first.slot;
    if (loop_work_ > 6 * slots_) {
        return;
    }
    visits_.add(last.slot - first.slot + 1);
    for (Pc pc = first; pc.slot <= last.slot; ++pc.slot) {
        std::uint32_t const marks = marks_[pc.slot];
        marks_[pc.slot] = std::uint16_t(marks >> Marks::depth_at == 3 ? marks : marks + one);
    }
}

[[gnu::always_inline]] inline void Flow::make_blocks() {
    for (Pc pc{}; pc.slot < slots_; ++pc.slot) {
        if (is_leader(pc)) {
            Block& block = blocks_[count_];
            block = Block{};
            block.slot = std::uint16_t(pc.slot);
            mark(pc, count_ & Marks::index);
            ++count_;
        }
    }
    link_blocks();
    if (has_local_calls_) {
        find_saved();
    }
}

[[gnu::always_inline]] inline void Flow::link_blocks() {
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
            std::uint32_t const start = target_of(last, slot).slot;
            std::uint32_t target = marks_[start] & Marks::index;
            while (blocks_[target].slot != start) {
                target += Marks::index + 1;
            }
            block.target = std::uint16_t(target);
            blocks_[target].code_at = std::uint16_t(i);
        }
    }
    for (Block const& block : blocks()) {
        marks_[block.slot] = std::uint16_t(marks_[block.slot] & ~Marks::index);
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
