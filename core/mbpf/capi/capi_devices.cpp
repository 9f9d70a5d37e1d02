// SPDX-License-Identifier: MIT
#include "mbpf/capi/devices.hpp"

#include "mbpf/capi/objects.hpp"

namespace mbpf::capi {

namespace {

using helpers::Measurement;

constexpr std::int32_t failed = -1;

mbpf_devices_t const& of(void* context) { return *static_cast<mbpf_devices_t const*>(context); }

std::uint8_t type(void* context, std::uint32_t index) {
    mbpf_devices_t const& devices = of(context);
    return devices.type == nullptr ? std::uint8_t{0} : devices.type(devices.context, index);
}

std::int32_t read(void* context, std::uint32_t index, Measurement& result) {
    mbpf_devices_t const& devices = of(context);
    mbpf_measurement_t measured{};
    if (devices.read == nullptr) {
        return failed;
    }
    std::int32_t const count = devices.read(devices.context, index, &measured);
    result = {
        {measured.value[0], measured.value[1], measured.value[2]}, measured.unit, measured.scale};
    return count;
}

std::int32_t write(void* context, std::uint32_t index, Measurement const& value) {
    mbpf_devices_t const& devices = of(context);
    mbpf_measurement_t const wanted{
        {value.value[0], value.value[1], value.value[2]}, value.unit, value.scale};
    return devices.write == nullptr ? failed : devices.write(devices.context, index, &wanted);
}

std::int32_t read_pin(void* context, std::uint32_t port, std::uint32_t pin) {
    mbpf_devices_t const& devices = of(context);
    return devices.read_pin == nullptr ? failed : devices.read_pin(devices.context, port, pin);
}

std::int32_t write_pin(void* context, std::uint32_t port, std::uint32_t pin, std::uint32_t level) {
    mbpf_devices_t const& devices = of(context);
    return devices.write_pin == nullptr ? failed
                                        : devices.write_pin(devices.context, port, pin, level);
}

}  // namespace

helpers::Devices devices_of(mbpf_devices_t const& devices) {
    return {const_cast<mbpf_devices_t*>(&devices),
            &devices.count,
            &type,
            &read,
            &write,
            &read_pin,
            &write_pin};
}

}  // namespace mbpf::capi
