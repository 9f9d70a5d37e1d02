// SPDX-License-Identifier: MIT
// Sensors, actuators and pins as programs reach them. A handle is an index plus one, never a
// pointer: whatever number a program makes up, it names one of the devices or none.
#pragma once

#include <cstdint>

#include "mbpf/machine/machine.hpp"

namespace mbpf::helpers {

// 0: there is none.
[[nodiscard]] std::uint32_t find_nth(machine::Instance& instance, std::uint32_t index);
[[nodiscard]] std::uint32_t find_type(machine::Instance& instance, std::uint32_t type);

// How many numbers of the measurement are meaningful; negative if the device cannot do it, or is
// not there. Then what `result` points to stays as it is.
[[nodiscard]] std::int32_t read_device(machine::Instance& instance, std::uint32_t handle,
                                       std::byte* result);
[[nodiscard]] std::int32_t write_device(machine::Instance& instance, std::uint32_t handle,
                                        std::byte const* value);
// The first number alone, as 32 bits with its sign.
[[nodiscard]] std::int32_t read_first(machine::Instance& instance, std::uint32_t handle,
                                      std::byte* result);

// The level, or negative if there is no such pin.
[[nodiscard]] std::int32_t read_pin(machine::Instance& instance, std::uint32_t port,
                                    std::uint32_t pin);
// 1; 0 if there is no such pin.
[[nodiscard]] std::uint32_t write_pin(machine::Instance& instance, std::uint32_t port,
                                      std::uint32_t pin, std::uint32_t level);

}  // namespace mbpf::helpers
