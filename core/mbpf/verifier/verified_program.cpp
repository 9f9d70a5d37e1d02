// SPDX-License-Identifier: MIT
#include "mbpf/verifier/verified_program.hpp"

namespace mbpf::verifier {

bool VerifiedProgram::needs_check(Pc pc) const {
    isa::Slot const slot = text()[pc];
    bool const is_load = isa::shape_of(slot.opcode()) == isa::Shape::Load;
    std::uint8_t const base = is_load ? slot.src() : slot.dst();
    std::int32_t const above_frame = slot.offset() + plan_.frame_bytes;
    std::int32_t const end = slot.offset() + std::int32_t(isa::access_bytes(slot.opcode()));
    return base != isa::frame_pointer || above_frame < 0 || end > 0;
}

}  // namespace mbpf::verifier
