// SPDX-License-Identifier: MIT
#include "mbpf/verifier/frame_scan.hpp"

namespace mbpf::verifier {

void FrameScan::add(isa::Slot slot, isa::Shape shape, Fields fields) {
    using isa::Shape;
    bool const is_load = shape == Shape::Load;
    bool const is_store =
        shape == Shape::StoreImm || shape == Shape::StoreReg || shape == Shape::AtomicReg;
    if ((is_load && is_frame_pointer(slot.src())) || (is_store && is_frame_pointer(slot.dst()))) {
        reach(slot.offset());
    }
    if (!is_load && fields.has(Field::Src) && is_frame_pointer(slot.src())) {
        bool const copies = slot.opcode() == std::uint8_t(isa::Opcode::Mov64Reg) && copy_ == none;
        escape_unless(copies);
        copy_ = copies ? slot.dst() : none;
        return;
    }
    if (fields.has(Field::DstWritten) && slot.dst() == copy_) {
        bool const lowers = slot.opcode() == std::uint8_t(isa::Opcode::Add64Imm);
        if (lowers) {
            reach(slot.imm());
        }
        escape_unless(lowers || !fields.has(Field::Dst));
        copy_ = none;
    }
    // A copy that lives on over a jump or call may be lowered where this scan does not follow it.
    escape_unless(copy_ == none || !fields.has(Field::Jump));
    if (shape == Shape::Exit) {
        copy_ = none;
    }
}

}  // namespace mbpf::verifier
