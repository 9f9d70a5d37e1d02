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

bool Store::put(std::uint32_t key, std::uint32_t value, Keep keep) {
    std::uint32_t const index = index_of(key);
    if (index == room_.size() || index == max_entries) {
        return false;
    }
    std::uint32_t const bit = 1u << index;
    bool const is_new = index == used_ || room_[index].value != value || (kept_ & bit) == 0;
    is_unsaved_ = is_unsaved_ || (keep == Keep::Yes && is_new);
    kept_ = keep == Keep::Yes ? kept_ | bit : kept_ & ~bit;
    used_ += index == used_ ? 1 : 0;
    room_[index] = {key, value};
    return true;
}

std::span<Store::Entry const> Store::kept(std::span<Entry> room) const {
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < used_; ++i) {
        if ((kept_ >> i & 1) != 0) {
            room[count++] = room_[i];
        }
    }
    return room.first(count);
}

std::uint32_t Store::get(std::uint32_t key) const {
    std::uint32_t const index = index_of(key);
    return index == used_ ? 0 : room_[index].value;
}

bool KeyRights::has(std::uint32_t key, std::uint32_t access) const {
    for (program::KeyRange const& range : ranges_) {
        bool const holds = range.first <= key && key <= range.last;
        if (holds && (range.access & access) == access) {
            return true;
        }
    }
    return false;
}

}  // namespace mbpf::helpers
