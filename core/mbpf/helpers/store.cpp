// SPDX-License-Identifier: MIT
#include "mbpf/helpers/environment.hpp"

namespace mbpf::helpers {

std::uint32_t Store::index_of(std::uint32_t key) const {
    std::uint32_t index = 0;
    while (index < used_ && room_[index].key != key) {
        ++index;
    }
    return index;
}

bool Store::put(std::uint32_t key, std::uint32_t value) {
    std::uint32_t const index = index_of(key);
    if (index == room_.size()) {
        return false;
    }
    used_ += index == used_ ? 1 : 0;
    room_[index] = {key, value};
    return true;
}

std::uint32_t Store::get(std::uint32_t key) const {
    std::uint32_t const index = index_of(key);
    return index == used_ ? 0 : room_[index].value;
}

bool KeyRights::allow(std::uint32_t key, machine::Access access) const {
    for (program::KeyRange const& range : ranges_) {
        bool const holds = range.first <= key && key <= range.last;
        if (holds && (range.access & std::uint32_t(access)) != 0) {
            return true;
        }
    }
    return !is_limited_;
}

}  // namespace mbpf::helpers
