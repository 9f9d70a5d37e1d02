// SPDX-License-Identifier: MIT
#include "mbpf/maps/table.hpp"

namespace mbpf::maps {

namespace {

constexpr std::uint32_t free_tag = 0;
constexpr std::uint32_t deleted_tag = 1;
constexpr std::uint32_t used_bit = 2;  // Of every other tag.

// A hash while one helper looks at it.
class Hash {
public:
    Hash(Map const& map, std::byte const* key)
        : memory_{map.memory.data()},
          key_{key},
          key_bytes_{map.record.key_bytes},
          entry_bytes_{maps::entry_bytes(map.record)},
          entries_{map.record.max_entries},
          tag_{tag_of(key, key_bytes_)} {}

    // The entry of the key, or nullptr; then `vacant` is where it would go, or nullptr.
    [[nodiscard]] std::byte* find(std::byte*& vacant) const {
        std::uint32_t index = first();
        vacant = nullptr;
        for (std::uint32_t i = 0; i < entries_; ++i) {
            std::byte* const entry = at(index);
            std::uint32_t const tag = load<std::uint32_t>(entry);
            if (tag <= deleted_tag && vacant == nullptr) {
                vacant = entry;
            }
            if (tag == free_tag) {
                return nullptr;
            }
            if (tag == tag_ && __builtin_memcmp(entry + tag_bytes, key_, key_bytes_) == 0) {
                return entry;
            }
            index = next(index);
        }
        return nullptr;
    }

    void take(std::byte* entry) const {
        store(entry, tag_);
        __builtin_memcpy(entry + tag_bytes, key_, key_bytes_);
    }

    // In front of a free entry nothing that was deleted is in anyone's way.
    void release(std::byte* entry) const {
        std::uint32_t index = std::uint32_t(entry - memory_) / entry_bytes_;
        bool const is_last = load<std::uint32_t>(at(next(index))) == free_tag;
        store(entry, is_last ? free_tag : deleted_tag);
        for (std::uint32_t i = 1; is_last && i < entries_; ++i) {
            index = index == 0 ? entries_ - 1 : index - 1;
            if (load<std::uint32_t>(at(index)) != deleted_tag) {
                return;
            }
            store(at(index), free_tag);
        }
    }

private:
    // FNV-1a of 32 bits.
    [[nodiscard]] static std::uint32_t tag_of(std::byte const* key, std::uint32_t bytes) {
        std::uint32_t hash = 0x811c'9dc5;
        for (std::uint32_t i = 0; i < bytes; ++i) {
            hash = (hash ^ std::uint32_t(key[i])) * 0x0100'0193;
        }
        return hash | used_bit;
    }
    // By the upper bits of the tag: a multiplication instead of a division.
    [[nodiscard]] std::uint32_t first() const {
        return std::uint32_t(std::uint64_t{tag_} * entries_ >> 32);
    }
    [[nodiscard]] std::uint32_t next(std::uint32_t index) const {
        return index + 1 == entries_ ? 0 : index + 1;
    }
    [[nodiscard]] std::byte* at(std::uint32_t index) const {
        return memory_ + std::size_t{index} * entry_bytes_;
    }

    std::byte* memory_;
    std::byte const* key_;
    std::uint32_t key_bytes_;
    std::uint32_t entry_bytes_;
    std::uint32_t entries_;
    std::uint32_t tag_;
};

// The value with that index, or nullptr.
std::byte* array_value(Map const& map, std::byte const* key) {
    std::uint32_t const index = load<std::uint32_t>(key);
    return index < map.record.max_entries
               ? map.memory.data() + std::size_t{index} * entry_bytes(map.record)
               : nullptr;
}

}  // namespace

std::byte* find_value(Map const& map, std::byte const* key) {
    switch (map.record.kind) {
        case Kind::Array: return array_value(map, key);
        case Kind::Hash: {
            std::byte* vacant;
            std::byte* const entry = Hash{map, key}.find(vacant);
            return entry == nullptr ? nullptr : entry + value_offset(map.record);
        }
        case Kind::RingBuffer: break;
    }
    return nullptr;
}

std::int32_t update(Map const& map, std::byte const* key, std::byte const* value, Update when) {
    std::byte* to = nullptr;
    switch (map.record.kind) {
        case Kind::Array:
            to = array_value(map, key);
            if (to == nullptr) {
                return too_big;
            }
            if (when == Update::OnlyNew) {
                return already_there;
            }
            break;
        case Kind::Hash: {
            Hash const hash{map, key};
            std::byte* vacant;
            std::byte* entry = hash.find(vacant);
            if (entry != nullptr && when == Update::OnlyNew) {
                return already_there;
            }
            if (entry == nullptr && when == Update::OnlyExisting) {
                return no_entry;
            }
            if (entry == nullptr && vacant == nullptr) {
                return too_big;
            }
            if (entry == nullptr) {
                entry = vacant;
                hash.take(entry);
            }
            to = entry + value_offset(map.record);
            break;
        }
        case Kind::RingBuffer: return invalid;
    }
    __builtin_memmove(to, value, map.record.value_bytes);
    return 0;
}

std::int32_t remove(Map const& map, std::byte const* key) {
    if (map.record.kind != Kind::Hash) {
        return invalid;
    }
    Hash const hash{map, key};
    std::byte* vacant;
    std::byte* const entry = hash.find(vacant);
    if (entry == nullptr) {
        return no_entry;
    }
    hash.release(entry);
    return 0;
}

std::byte const* key_at(Map const& map, std::uint32_t index) {
    std::byte const* const entry = map.memory.data() + std::size_t{index} * entry_bytes(map.record);
    return load<std::uint32_t>(entry) > deleted_tag ? entry + tag_bytes : nullptr;
}

}  // namespace mbpf::maps
