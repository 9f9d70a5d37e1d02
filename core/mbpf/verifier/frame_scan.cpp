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
    std::int32_t moved = none;
    if (slot.opcode() == std::uint8_t(isa::Opcode::Mov64Reg) && slot.offset() == 0) {
        moved = distance_[src];
    } else if (slot.opcode() == std::uint8_t(isa::Opcode::Add64Imm) && is_copy(dst)) {
        // May wrap: what is so far off is refused, or above the frame.
        moved = std::int32_t(std::uint32_t(distance_[dst]) + slot.high);
        if (moved > 0) {
            escape();
        }
    } else if ((fields.has(Field::Src) && !is_load && is_copy(src)) ||
               (fields.has(Field::Dst) && !is_store && is_copy(dst))) {
        escape();
    }
    reach(moved);
    if (fields.has(Field::DstWritten)) {
        distance_[dst] = moved;
    }
    if (shape == isa::Shape::Call && src == 0) {
        forget(isa::first_saved_register);  // The helper has had them.
    } else if (shape == isa::Shape::Exit || fields.has(Field::Jump)) {
        // A copy that lives on over a jump may be used where this scan does not follow it.
        for (std::uint32_t reg = 0; reg < isa::frame_pointer; ++reg) {
            if (is_copy(reg) && shape != isa::Shape::Exit) {
                escape();
            }
        }
        forget(isa::frame_pointer);
    }
}

}  // namespace mbpf::verifier
