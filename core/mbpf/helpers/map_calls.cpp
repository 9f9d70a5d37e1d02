// SPDX-License-Identifier: MIT
#include "mbpf/helpers/map_calls.hpp"

#include "mbpf/helpers/with_environment.hpp"

namespace mbpf::helpers {

namespace {

using machine::Instance;
using maps::Map;

// Only who waits in another thread would want to hear of new records (BPF_RB_NO_WAKEUP,
// BPF_RB_FORCE_WAKEUP): nobody does here.
constexpr std::uint64_t wakeup_flags = 3;

// The map of that handle, or the run ends.
std::optional<Map> map_of(Instance& instance, std::uint32_t handle) {
    return with_environment(instance, [&](Environment const& environment) {
        std::optional<Map> const map = environment.maps.find(handle);
        if (!map) {
            instance.fail_helper();
        }
        return map;
    });
}

// The same, for a helper that reads a key of it.
std::optional<Map> map_of(Instance& instance, std::uint32_t handle, std::byte const* key) {
    std::optional<Map> const map = map_of(instance, handle);
    if (map && !instance.may_read(address_of(key), map->record.key_bytes)) {
        instance.fail_helper();
        return std::nullopt;
    }
    return map;
}

std::optional<maps::Ring> ring_of(Instance& instance, std::uint32_t handle) {
    std::optional<Map> const map = map_of(instance, handle);
    bool const is_ring = map && map->record.kind == maps::Kind::RingBuffer;
    return is_ring ? std::optional{maps::Ring{*map}} : std::nullopt;
}

// Of one of the ring buffers, or the run ends.
void finish_record(Instance& instance, std::uint64_t address, bool is_kept) {
    std::byte* const record = pointer_to(std::uintptr_t(address));
    bool const is_done = machine::is_reachable(address) &&
                         with_environment(instance, [&](Environment const& environment) {
                             bool done = false;
                             for (std::uint32_t i = 0; i < environment.maps.size() && !done; ++i) {
                                 std::optional<Map> const map = environment.maps.find(i);
                                 if (map && map->record.kind == maps::Kind::RingBuffer) {
                                     maps::Ring ring{*map};
                                     done = is_kept ? ring.submit(record) : ring.discard(record);
                                 }
                             }
                             return done;
                         });
    if (!is_done) {
        instance.fail_helper();
    }
}

}  // namespace

std::uint64_t map_lookup(Instance& instance, std::uint32_t handle, std::byte const* key) {
    std::optional<Map> const map = map_of(instance, handle, key);
    return map ? address_of(maps::find_value(*map, key)) : 0;
}

std::int32_t map_update(Instance& instance, std::uint32_t handle, std::byte const* key,
                        std::byte const* value, std::uint64_t flags) {
    std::optional<Map> const map = map_of(instance, handle, key);
    if (!map) {
        return maps::invalid;
    }
    if (!instance.may_read(address_of(value), map->record.value_bytes)) {
        instance.fail_helper();
        return maps::invalid;
    }
    return flags <= std::uint64_t(maps::Update::OnlyExisting)
               ? maps::update(*map, key, value, maps::Update(flags))
               : maps::invalid;
}

std::int32_t map_delete(Instance& instance, std::uint32_t handle, std::byte const* key) {
    std::optional<Map> const map = map_of(instance, handle, key);
    return map ? maps::remove(*map, key) : maps::invalid;
}

std::int32_t ring_output(Instance& instance, std::uint32_t handle, std::byte const* from,
                         std::uint32_t bytes, std::uint64_t flags) {
    std::optional<maps::Ring> ring = ring_of(instance, handle);
    if (!ring || flags > wakeup_flags) {
        return maps::invalid;
    }
    std::byte* const record = ring->reserve(bytes);
    if (record == nullptr) {
        return maps::try_again;
    }
    if (bytes != 0) {
        __builtin_memmove(record, from, bytes);
    }
    (void)ring->submit(record);
    return 0;
}

std::uint64_t ring_reserve(Instance& instance, std::uint32_t handle, std::uint64_t bytes,
                           std::uint64_t flags) {
    std::optional<maps::Ring> ring = ring_of(instance, handle);
    bool const can = ring && flags == 0 && bytes <= 0xffff'ffff;
    return can ? address_of(ring->reserve(std::uint32_t(bytes))) : 0;
}

void ring_submit(Instance& instance, std::uint64_t record, std::uint64_t /*flags*/) {
    finish_record(instance, record, true);
}

void ring_discard(Instance& instance, std::uint64_t record, std::uint64_t /*flags*/) {
    finish_record(instance, record, false);
}

std::uint64_t ring_query(Instance& instance, std::uint32_t handle, std::uint64_t question) {
    std::optional<maps::Ring> const ring = ring_of(instance, handle);
    if (!ring) {
        return 0;
    }
    switch (question) {
        case 0: return ring->used();
        case 1: return ring->bytes();
        case 2: return ring->start();
        case 3: return ring->end();
        default: return 0;
    }
}

}  // namespace mbpf::helpers
