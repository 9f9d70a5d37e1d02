// SPDX-License-Identifier: MIT
// Sensors, actuators and pins that functions of C reach.
#pragma once

#include "include/mbpf_program.h"
#include "mbpf/helpers/helpers.hpp"

namespace mbpf::capi {

// `devices` outlives the result.
[[nodiscard]] helpers::Devices devices_of(mbpf_devices_t const& devices);

}  // namespace mbpf::capi
