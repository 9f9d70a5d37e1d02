// SPDX-License-Identifier: MIT
// Which functions a program has, and what those that are called must save.
#include "mbpf/jit/flow.hpp"

namespace mbpf::jit {

bool Flow::is_entry(Pc pc) const {
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        if (entries_.at(i).pc == pc) {
            return true;
        }
    }
    return false;
}

// A function is the blocks from its first to the next function.
void Flow::find_saved() {
    for (Block const& block : blocks()) {
        if (block.calls) {
            blocks_[block.target].is_called = true;
        }
    }
    bool is_called = false;
    for (std::uint32_t i = 0; i < count_; ++i) {
        Pc pc{blocks_[i].slot};
        is_called = is_function(pc) ? blocks_[i].is_called : is_called;
        for (; is_called && pc.slot < end_of(i); ++pc.slot) {  // The second of two writes nothing.
            isa::Slot const slot = raw_at(pc);
            Roles const roles{slot};
            saved_ |= roles.writes_dst()  ? 1u << slot.dst()
                      : roles.is_atomic() ? 1u << slot.src()
                                          : 0u;
        }
    }
}

}  // namespace mbpf::jit
