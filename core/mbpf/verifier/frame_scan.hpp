// SPDX-License-Identifier: MIT
// How far below r10 a program reaches, so that a local call moves r10 by no more than needed, and a
// program has no more stack than it uses.
//
// Compilers address the stack as [r10 - k], or lower a copy of r10 by a constant, through which
// they load and store or which they pass to a helper. That is followed, up to the next jump. A copy
// that is used in any other way may point anywhere in the frame: then it has
// config::max_frame_bytes. (Too small a frame would let a program overwrite its own caller's
// variables, or trap; it could not leave its memory.)
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/isa/isa.hpp"
#include "mbpf/machine/machine.hpp"
#include "mbpf/verifier/field_rules.hpp"

namespace mbpf::verifier {

class FrameScan {
public:
    // Looks at the next instruction in slot order.
    void add(isa::Slot const& slot, isa::Shape shape, Fields fields);

    // Bytes below r10 that the instructions so far reach; more than a frame may have if one of
    // them reaches too far.
    [[nodiscard]] std::uint32_t bytes() const { return 0u - std::uint32_t(lowest_); }

private:
    static constexpr std::uint32_t only_itself = 1u << isa::frame_pointer;

    [[nodiscard]] bool is_copy(std::uint32_t reg) const { return (copies_ >> reg & 1) != 0; }
    void reach(std::int32_t distance) { lowest_ = distance < lowest_ ? distance : lowest_; }
    void escape() { reach(-std::int32_t(config::max_frame_bytes)); }

    std::int32_t lowest_ = 0;
    std::uint32_t copies_ = only_itself;  // Registers that are copies of r10, as bits.
    // From r10 down to what each of them points to.
    std::array<std::int32_t, isa::register_count> distance_{};
};

[[gnu::always_inline]] inline void FrameScan::add(isa::Slot const& slot, isa::Shape shape,
                                                  Fields fields) {
    std::uint32_t const dst = slot.dst();
    std::uint32_t const src = slot.src();
    if (copies_ == only_itself && dst != isa::frame_pointer && src != isa::frame_pointer) {
        return;  // As most instructions do, it leaves all as it is.
    }
    isa::Class const kind = isa::class_of(slot.opcode());
    bool const is_load = kind == isa::Class::Ldx;
    bool const is_store = kind == isa::Class::St || kind == isa::Class::Stx;
    std::uint32_t const base = is_load ? src : dst;
    if ((is_load || is_store) && is_copy(base)) {
        reach(distance_[base] + slot.offset());
    }
    bool copies = false;
    std::int32_t moved = 0;
    if (slot.opcode() == std::uint8_t(isa::Opcode::Mov64Reg) && slot.offset() == 0) {
        copies = is_copy(src);
        moved = distance_[src];
    } else if (slot.opcode() == std::uint8_t(isa::Opcode::Add64Imm) && is_copy(dst)) {
        // May wrap: what is so far off is refused, or above the frame.
        moved = std::int32_t(std::uint32_t(distance_[dst]) + slot.high);
        copies = moved <= 0;
        if (!copies) {
            escape();
        }
    } else if ((fields.has(Field::Src) && !is_load && is_copy(src)) ||
               (fields.has(Field::Dst) && !is_store && is_copy(dst))) {
        escape();
    }
    if (copies) {
        reach(moved);
    }
    if (fields.has(Field::DstWritten)) {
        distance_[dst] = moved;
        copies_ = (copies_ & ~(1u << dst)) | std::uint32_t(copies) << dst;
    }
    if (shape == isa::Shape::Call && src == 0) {
        copies_ &= ~0u << isa::first_saved_register;  // The helper has had the others.
    } else if (shape == isa::Shape::Exit || fields.has(Field::Jump)) {
        // A copy that lives on over a jump may be used where this scan does not follow it.
        if (copies_ != only_itself && shape != isa::Shape::Exit) {
            escape();
        }
        copies_ = only_itself;
    }
}

}  // namespace mbpf::verifier
