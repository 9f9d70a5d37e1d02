// SPDX-License-Identifier: MIT
#include "mbpf/jit/facts.hpp"

#include <bit>

namespace mbpf::jit {

bool Facts::meet(Facts const& other) {
    if (is_unreached()) {
        *this = other;
        return true;
    }
    bool changes = false;
    for (std::uint32_t first = 0; first < sizeof facts_; first += sizeof(std::uint32_t)) {
        std::uint32_t others = word_at(first) ^ other.word_at(first);
        while (others != 0) {
            std::uint32_t const byte = std::uint32_t(std::countr_zero(others)) / 8;
            others &= ~(0xffu << 8 * byte);
            Fact const here = facts_[first + byte];
            facts_[first + byte] = here & other.facts_[first + byte];
            changes |= here != facts_[first + byte];
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
