// SPDX-License-Identifier: MIT
#include "mbpf/helpers/devices.hpp"

#include "mbpf/helpers/with_environment.hpp"

namespace mbpf::helpers {

namespace {

using machine::Instance;

// What a device without sensors and pins has.
constexpr Devices no_devices{};

Devices const& devices_of(Instance& instance) {
    Devices const* const devices =
        with_environment(instance, [](Environment& environment) { return environment.devices; });
    return devices != nullptr ? *devices : no_devices;
}

std::int32_t read_into(Instance& instance, std::uint32_t handle, Measurement& result) {
    Devices const& devices = devices_of(instance);
    std::uint32_t const index = handle - 1;  // No handle, 0, becomes the largest index.
    bool const can = index < *devices.count && devices.read != nullptr;
    return can ? devices.read(devices.context, index, result) : failed;
}

}  // namespace

std::uint32_t find_nth(Instance& instance, std::uint32_t index) {
    return index < *devices_of(instance).count ? index + 1 : 0;
}

std::uint32_t find_type(Instance& instance, std::uint32_t type) {
    Devices const& devices = devices_of(instance);
    for (std::uint32_t i = 0; i < *devices.count && devices.type != nullptr; ++i) {
        if (devices.type(devices.context, i) == type) {
            return i + 1;
        }
    }
    return 0;
}

std::int32_t read_device(Instance& instance, std::uint32_t handle, std::byte* result) {
    Measurement measurement;
    std::int32_t const numbers = read_into(instance, handle, measurement);
    if (numbers >= 0) {
        store(result, measurement);
    }
    return numbers;
}

std::int32_t read_first(Instance& instance, std::uint32_t handle, std::byte* result) {
    Measurement measurement;
    std::int32_t const numbers = read_into(instance, handle, measurement);
    if (numbers >= 0) {
        store(result, std::int32_t{measurement.value[0]});
    }
    return numbers;
}

std::int32_t write_device(Instance& instance, std::uint32_t handle, std::byte const* value) {
    Devices const& devices = devices_of(instance);
    std::uint32_t const index = handle - 1;
    bool const can = index < *devices.count && devices.write != nullptr;
    return can ? devices.write(devices.context, index, load<Measurement>(value)) : failed;
}

std::int32_t read_pin(Instance& instance, std::uint32_t port, std::uint32_t pin) {
    Devices const& devices = devices_of(instance);
    return devices.read_pin != nullptr ? devices.read_pin(devices.context, port, pin) : failed;
}

std::uint32_t write_pin(Instance& instance, std::uint32_t port, std::uint32_t pin,
                        std::uint32_t level) {
    Devices const& devices = devices_of(instance);
    bool const is_done = devices.write_pin != nullptr &&
                         devices.write_pin(devices.context, port, pin, level != 0 ? 1 : 0) >= 0;
    return is_done ? 1 : 0;
}

}  // namespace mbpf::helpers
