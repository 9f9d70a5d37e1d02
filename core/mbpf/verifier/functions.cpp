// SPDX-License-Identifier: MIT
#include "mbpf/verifier/functions.hpp"

#include <bit>

namespace mbpf::verifier {

bool Functions::add(Pc pc) {
    std::uint32_t place = count_;
    while (place > 0 && starts_[place - 1] >= pc.slot) {
        --place;
    }
    if (place < count_ && starts_[place] == pc.slot) {
        return true;
    }
    if (count_ == starts_.size()) {
        return false;
    }
    for (std::uint32_t i = count_; i > place; --i) {
        starts_[i] = starts_[i - 1];
    }
    starts_[place] = pc.slot;
    ++count_;
    return true;
}

std::uint32_t Functions::find(Pc pc) const {
    std::uint32_t index = 0;
    while (index < count_ && starts_[index] != pc.slot) {
        ++index;
    }
    return index;
}

Functions::Depth Functions::depth() const {
    std::uint32_t here = count_ == 32 ? ~0u : (1u << count_) - 1;
    Depth result{};
    // A path that visits more functions than there are visits one twice.
    while (here != 0 && result.functions <= count_) {
        ++result.functions;
        result.deepest = start(std::uint32_t(std::countr_zero(here)));
        std::uint32_t next = 0;
        for (std::uint32_t set = here; set != 0; set &= set - 1) {
            next |= calls_[std::uint32_t(std::countr_zero(set))];
        }
        here = next;
    }
    if (result.functions > count_) {
        std::uint32_t index = 0;
        while (!is_recursive(index)) {
            ++index;
        }
        result.deepest = start(index);
    }
    return result;
}

bool Functions::is_recursive(std::uint32_t index) const {
    std::uint32_t reached = calls_[index];
    for (std::uint32_t calls = 1; calls < count_; ++calls) {
        for (std::uint32_t set = reached; set != 0; set &= set - 1) {
            reached |= calls_[std::uint32_t(std::countr_zero(set))];
        }
    }
    return (reached >> index & 1) != 0;
}

}  // namespace mbpf::verifier
