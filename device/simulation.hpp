// SPDX-License-Identifier: MIT
// The sensors of a simulated board as resources: GET and PUT /sim/NAME, as decimal text.
#pragma once

#include "device/sensors.hpp"
#include "mbpf/agent/agent.hpp"

namespace mbpf::device {

// `sensors` outlives the extension.
[[nodiscard]] agent::Extension simulation(Sensors& sensors);

}  // namespace mbpf::device
