// SPDX-License-Identifier: MIT
// What the standard helpers work on, for programs that are no containers.
#include "mbpf/capi/devices.hpp"
#include "mbpf/capi/objects.hpp"

namespace mbpf::capi {

namespace {

using helpers::Store;

// Its first member is what mbpf_attached() returns: the address is that of all of it.
struct EnvironmentObject {
    helpers::Environment environment;
    helpers::Devices devices;
};
static_assert(fits_object<EnvironmentObject, mbpf_environment_t>);
static_assert(fits_object<Store, mbpf_store_t>);
static_assert(sizeof(mbpf_store_entry_t) == sizeof(Store::Entry));

std::span<Store::Entry> entries_of(mbpf_store_entry_t* entries, std::size_t count) {
    return {as<Store::Entry>(entries), count};
}

}  // namespace

extern "C" {

void mbpf_store_init(mbpf_store_t* store, mbpf_store_entry_t* entries, std::size_t count) {
    new (static_cast<void*>(store)) Store{entries_of(entries, count)};
}

std::uint32_t mbpf_store_get(mbpf_store_t const* store, std::uint32_t key) {
    return as<Store>(store)->get(key);
}

int mbpf_store_put(mbpf_store_t* store, std::uint32_t key, std::uint32_t value) {
    return as<Store>(store)->put(key, value) ? 1 : 0;
}

void mbpf_environment_init(mbpf_environment_t* environment,
                           mbpf_environment_config_t const* config) {
    EnvironmentObject& object = *new (static_cast<void*>(environment)) EnvironmentObject{};
    object.environment.output =
        helpers::TextOutput{writable_of(config->output, config->output_size)};
    object.environment.local = Store{entries_of(config->local, config->local_count)};
    object.environment.global = as<Store>(config->global);
    object.environment.now_us = config->now_us;
    if (config->devices != nullptr) {
        object.devices = devices_of(*config->devices);
        object.environment.devices = &object.devices;
    }
}

std::size_t mbpf_environment_output(mbpf_environment_t const* environment) {
    return as<EnvironmentObject>(environment)->environment.output.size();
}

void mbpf_environment_clear_output(mbpf_environment_t* environment) {
    as<EnvironmentObject>(environment)->environment.output.clear();
}

mbpf_fault_t mbpf_attach(mbpf_instance_t* instance, mbpf_environment_t* environment,
                         mbpf_error_t* error) {
    InstanceObject& object = *as<InstanceObject>(instance);
    helpers::Environment& attached = as<EnvironmentObject>(environment)->environment;
    object.instance.set_environment(nullptr);
    Result<maps::MapSet> const maps = maps_of(object);
    if (!maps.has_value()) {
        return report(error, maps.error());
    }
    attached.maps = *maps;
    object.instance.set_environment(&attached);
    return report(error, Error{});
}

}  // extern "C"

}  // namespace mbpf::capi
