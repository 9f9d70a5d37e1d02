// SPDX-License-Identifier: MIT
// The maps of a program from outside: what its helpers do with them, for firmware.
#include "include/mbpf_map.h"

#include "mbpf/capi/device_object.hpp"

namespace mbpf::capi {

namespace {

using maps::Kind;
using maps::Map;

static_assert(MBPF_MAX_MAP_KEY == config::max_map_key_bytes);
static_assert(MBPF_MAP_HASH == int(Kind::Hash) && MBPF_MAP_ARRAY == int(Kind::Array));
static_assert(MBPF_MAP_RING_BUFFER == int(Kind::RingBuffer));
static_assert(MBPF_UPDATE_ANY == int(maps::Update::Always));
static_assert(MBPF_UPDATE_NEW == int(maps::Update::OnlyNew));
static_assert(MBPF_UPDATE_EXISTING == int(maps::Update::OnlyExisting));

// In an mbpf_map_t: where each call looks for the map. Nothing of it is kept, for containers are
// replaced. Zeroed memory is a map that is not open. `find` is there so that who has no device
// links none.
struct MapObject {
    Result<Map> (*find)(MapObject const& wanted);
    void* owner;
    container::Name container;
    std::uint32_t number;
};
static_assert(fits_object<MapObject, mbpf_map_t>);

[[nodiscard]] Error unknown(mbpf_map_part_t part, std::size_t found, std::size_t allowed) {
    return {Fault::MapUnknown, std::uint32_t(part), std::uint32_t(found), std::uint32_t(allowed)};
}

[[nodiscard]] Result<Map> find_in(maps::MapSet const& set, std::uint32_t number) {
    std::optional<Map> const map = set.find(number);
    return map ? Result<Map>{*map} : unknown(MBPF_MAP_NUMBER, number, set.size());
}

Result<Map> find_in_instance(MapObject const& wanted) {
    Result<maps::MapSet> const set = maps_of(*as<InstanceObject>(wanted.owner));
    return set.has_value() ? find_in(*set, wanted.number) : set.error();
}

Result<Map> find_in_container(MapObject const& wanted) {
    container::Runtime& runtime = as<DeviceObject>(wanted.owner)->runtime;
    container::Container const* const container = runtime.find(wanted.container.text());
    if (container == nullptr) {
        return Error{Fault::ContainerUnknown};
    }
    return find_in(container->environment.maps, wanted.number);
}

[[nodiscard]] Result<Map> find(mbpf_map_t const* map) {
    MapObject const& object = *as<MapObject>(map);
    return object.find == nullptr ? unknown(MBPF_MAP_NUMBER, 0, 0) : object.find(object);
}

// The same, if what is asked of it is what it is.
[[nodiscard]] Result<Map> only(Result<Map> const& found, Kind kind) {
    return !found.has_value() || found->record.kind == kind
               ? found
               : unknown(MBPF_MAP_KIND, std::size_t(kind), std::size_t(found->record.kind));
}
[[nodiscard]] Result<Map> find_table(mbpf_map_t const* map, std::size_t key_bytes) {
    Result<Map> found = find(map);
    if (found.has_value() && found->record.kind != Kind::Array) {
        found = only(found, Kind::Hash);
    }
    return !found.has_value() || found->record.key_bytes == key_bytes
               ? found
               : unknown(MBPF_MAP_KEY, key_bytes, found->record.key_bytes);
}
[[nodiscard]] Result<Map> find_table(mbpf_map_t const* map, std::size_t key_bytes,
                                     std::size_t value_bytes) {
    Result<Map> const found = find_table(map, key_bytes);
    return !found.has_value() || found->record.value_bytes == value_bytes
               ? found
               : unknown(MBPF_MAP_VALUE, value_bytes, found->record.value_bytes);
}

// Of what maps::update() and maps::remove() return.
[[nodiscard]] Error error_of(std::int32_t result, Map const& map) {
    switch (result) {
        case 0: return {};
        case maps::already_there: return {Fault::MapEntryExists};
        case maps::too_big:
            return map.record.kind == Kind::Array
                       ? Error{Fault::MapEntryUnknown}
                       : Error{Fault::MapFull, 0, 0, map.record.max_entries};
        default: return {Fault::MapEntryUnknown};
    }
}

mbpf_fault_t open(mbpf_map_t* map, MapObject const& wanted, mbpf_error_t* error) {
    Result<Map> const found = wanted.find(wanted);
    new (static_cast<void*>(map)) MapObject{found.has_value() ? wanted : MapObject{}};
    return report(error, found.has_value() ? Error{} : found.error());
}

// `image` opens.
[[nodiscard]] std::uint32_t number_of(Bytes image, char const* name) {
    return program::map_number(program::map_names(image), text_of(name)).value_or(MBPF_NO_MAP);
}

}  // namespace

extern "C" {

mbpf_fault_t mbpf_map_open(mbpf_map_t* map, mbpf_instance_t* instance, std::uint32_t number,
                           mbpf_error_t* error) {
    return open(map, {&find_in_instance, instance, {}, number}, error);
}

mbpf_fault_t mbpf_container_map(mbpf_device_t* device, char const* name, std::uint32_t number,
                                mbpf_map_t* map, mbpf_error_t* error) {
    container::Container const* const container = object_of(device).runtime.find(text_of(name));
    container::Name const stored = container == nullptr ? container::Name{} : container->name;
    return open(map, {&find_in_container, device, stored, number}, error);
}

std::uint32_t mbpf_map_find(void const* image, std::size_t size, char const* map) {
    Bytes const bytes = bytes_of(image, size);
    return program::open_image(bytes).has_value() ? number_of(bytes, map) : MBPF_NO_MAP;
}

std::uint32_t mbpf_container_map_find(mbpf_device_t const* device, char const* name,
                                      char const* map) {
    container::Runtime& runtime = object_of(device).runtime;
    container::Container const* const container = runtime.find(text_of(name));
    if (container == nullptr || !container->verified.has_value()) {
        return MBPF_NO_MAP;
    }
    Bytes const slot = runtime.storage().slot(container->record.slot);
    return number_of(slot.first(container->record.image_bytes), map);
}

void mbpf_map_describe(mbpf_map_t const* map, mbpf_map_info_t* info) {
    Result<Map> const found = find(map);
    *info = {};
    if (found.has_value()) {
        program::MapRecord const& record = found->record;
        *info = {std::uint8_t(record.kind), record.key_bytes, record.value_bytes,
                 record.max_entries};
    }
}

mbpf_fault_t mbpf_map_lookup(mbpf_map_t const* map, void const* key, std::size_t key_bytes,
                             void* value, std::size_t value_bytes, mbpf_error_t* error) {
    Result<Map> const table = find_table(map, key_bytes, value_bytes);
    if (!table.has_value()) {
        return report(error, table.error());
    }
    std::byte const* const found = maps::find_value(*table, as<std::byte>(key));
    if (found == nullptr) {
        return report(error, Error{Fault::MapEntryUnknown});
    }
    __builtin_memcpy(value, found, value_bytes);
    return report(error, Error{});
}

mbpf_fault_t mbpf_map_update(mbpf_map_t const* map, void const* key, std::size_t key_bytes,
                             void const* value, std::size_t value_bytes, mbpf_update_t when,
                             mbpf_error_t* error) {
    Result<Map> const table = find_table(map, key_bytes, value_bytes);
    return report(error,
                  table.has_value()
                      ? error_of(maps::update(*table, as<std::byte>(key), as<std::byte>(value),
                                              maps::Update(std::uint8_t(when))),
                                 *table)
                      : table.error());
}

mbpf_fault_t mbpf_map_delete(mbpf_map_t const* map, void const* key, std::size_t key_bytes,
                             mbpf_error_t* error) {
    Result<Map> const hash = only(find_table(map, key_bytes), Kind::Hash);
    return report(error, hash.has_value() ? error_of(maps::remove(*hash, as<std::byte>(key)), *hash)
                                          : hash.error());
}

mbpf_fault_t mbpf_map_next_key(mbpf_map_t const* map, std::uint32_t* position, void* key,
                               std::size_t key_bytes, mbpf_error_t* error) {
    Result<Map> const table = find_table(map, key_bytes);
    if (!table.has_value()) {
        return report(error, table.error());
    }
    while (*position < table->record.max_entries) {
        std::uint32_t const index = (*position)++;
        void const* const found = table->record.kind == Kind::Array
                                      ? static_cast<void const*>(&index)
                                      : maps::key_at(*table, index);
        if (found != nullptr) {
            __builtin_memcpy(key, found, key_bytes);
            return report(error, Error{});
        }
    }
    return report(error, Error{Fault::MapEntryUnknown});
}

mbpf_fault_t mbpf_map_take(mbpf_map_t const* map, void* record, std::size_t room,
                           std::size_t* bytes, mbpf_error_t* error) {
    Result<Map> const found = only(find(map), Kind::RingBuffer);
    *bytes = 0;
    if (!found.has_value()) {
        return report(error, found.error());
    }
    maps::Ring ring{*found};
    std::optional<maps::Ring::Record> const next = ring.next(ring.start());
    if (!next) {
        return report(error, Error{Fault::MapEntryUnknown});
    }
    *bytes = next->bytes.size();
    if (record != nullptr && *bytes > room) {
        return report(error,
                      Error{Fault::OutputTooSmall, 0, std::uint32_t(room), std::uint32_t(*bytes)});
    }
    if (record != nullptr && *bytes != 0) {
        __builtin_memcpy(record, next->bytes.data(), *bytes);
    }
    ring.take_until(next->end);
    return report(error, Error{});
}

}  // extern "C"

}  // namespace mbpf::capi
