// SPDX-License-Identifier: MIT
#include "mbpf/jit/facts.hpp"

namespace mbpf::jit {

bool Facts::meet(Facts const& other) {
    if (is_unreached()) {
        *this = other;
        return true;
    }
    bool changes = false;
    for (std::uint32_t first = 0; first < sizeof facts_; first += sizeof(std::uint32_t)) {
        if (word_at(first) == other.word_at(first)) {
            continue;
        }
        for (std::uint32_t reg = first; reg < first + sizeof(std::uint32_t); ++reg) {
            Fact const here = facts_[reg];
            if (here != other.facts_[reg]) {
                facts_[reg] = here & other.facts_[reg];
                changes |= here != facts_[reg];
            }
        }
    }
    return changes;
}

Facts entry_facts() {
    Facts facts;
    for (std::uint32_t reg = 0; reg < isa::frame_pointer; ++reg) {
        facts.set(reg, Fact::of_constant(0));
    }
    facts.set(1, Fact::context());
    facts.set(2, Fact::small());
    return facts;
}

}  // namespace mbpf::jit
