// SPDX-License-Identifier: MIT
#include "mbpf/verifier/frame_scan.hpp"

namespace mbpf::verifier {

void FrameScan::add(isa::Slot const& slot, isa::Shape shape, Fields fields) {
    std::uint32_t const dst = slot.dst();
    std::uint32_t const src = slot.src();
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
