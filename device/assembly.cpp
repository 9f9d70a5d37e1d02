// SPDX-License-Identifier: MIT
#include "device/assembly.hpp"

namespace mbpf::device {

namespace {

suit::Uuid uuid_of(std::array<std::uint8_t, 16> const& bytes) {
    suit::Uuid uuid;
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        uuid[i] = std::byte(bytes[i]);
    }
    return uuid;
}

}  // namespace

suit::Identity identity_of(std::array<std::uint8_t, 16> const& device_class) {
    return {uuid_of(vendor_id), uuid_of(device_class), {}};
}

Result<void> Device::start() {
    Result<void> const mounted = storage_.mount(parts_.flash, flash_layout);
    if (mounted.has_value()) {
        runtime_.start();
    }
    return mounted;
}

std::uint64_t Device::poll() {
    std::uint64_t const runtime_us = runtime_.poll();
    std::uint64_t const agent_us = std::uint64_t{agent_.poll()} * 1000;
    return agent_us < runtime_us ? agent_us : runtime_us;
}

}  // namespace mbpf::device
