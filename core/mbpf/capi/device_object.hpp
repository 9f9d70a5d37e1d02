// SPDX-License-Identifier: MIT
// What lies in an mbpf_device_t: storage, runtime and agent, on callbacks of C.
#pragma once

#include <optional>

#include "include/mbpf_device.h"
#include "mbpf/agent/agent.hpp"
#include "mbpf/capi/objects.hpp"

namespace mbpf::capi {

struct DeviceObject {
    explicit DeviceObject(mbpf_device_config_t const& from);

    // Makes a run of the container, if one is under way, end; others go on meanwhile.
    void wait_for(container::Container* container);
    // Runs what `wanted` says, to its end.
    [[nodiscard]] Result<machine::Outcome> run(container::Activation const& wanted);

    mbpf_device_config_t const& config;
    agent::DeviceInfo info;
    port::Crypto crypto;
    helpers::Devices devices;
    container::Platform platform;
    storage::Storage storage;
    container::Runtime runtime;
    agent::Agent agent;

    // An installation by the firmware.
    std::optional<storage::SlotWriter> writer;
    std::uint32_t slot = 0;

    // Where the answer of mbpf_device_exchange() goes. Empty: none is wanted.
    coap::Peer asking;
    WritableBytes room;
    std::size_t answer_bytes = 0;
};

[[nodiscard]] inline DeviceObject& object_of(mbpf_device_t* device) {
    return *as<DeviceObject>(device);
}
// Nothing is changed: only the core has no view of a runtime that cannot be.
[[nodiscard]] inline DeviceObject& object_of(mbpf_device_t const* device) {
    return *as<DeviceObject>(const_cast<mbpf_device_t*>(device));
}

// The flash that the callbacks of `flash`, which outlives it, reach.
[[nodiscard]] port::Flash flash_of(mbpf_flash_t const& flash);
// The callbacks of the last device that was opened: the port has no context.
[[nodiscard]] port::Crypto crypto_of(mbpf_crypto_t const& crypto);

}  // namespace mbpf::capi
