// SPDX-License-Identifier: MIT
// Pairs of shifts that clear an upper half (isa::clears_upper_half()).
#include "mbpf/jit/flow.hpp"

namespace mbpf::jit {

// Whether the shift at `pc` goes to the left, and the instruction behind it, to which nothing
// jumps, takes it back. (Which leaders there are does not depend on arithmetic.)
bool Flow::clears_upper_half(Pc pc) const {
    Pc const next{pc.slot + 1};
    if (next.slot >= slots_ || is_leader(next)) {
        return false;
    }
    isa::Slot const first = raw_at(pc);
    return isa::Alu(first.opcode() & 0xf0) == isa::Alu::Lsh &&
           isa::clears_upper_half(first, raw_at(next));
}

void Flow::simplify(isa::Slot& slot, Pc pc) const {
    bool const is_first = clears_upper_half(pc);
    bool const is_second = !is_first && pc.slot != 0 && is_shift(raw_at(Pc{pc.slot - 1})) &&
                           clears_upper_half(Pc{pc.slot - 1});
    if (is_first || is_second) {
        isa::Opcode const move = is_first ? isa::Opcode::Mov32Reg : isa::Opcode::Mov64Reg;
        std::uint32_t const reg = slot.dst();
        slot = {std::uint32_t(move) | reg << 8 | reg << 12, 0};
    }
}

}  // namespace mbpf::jit
