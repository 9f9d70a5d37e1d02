// SPDX-License-Identifier: MIT
// Sensors, actuators and pins that functions of C reach.
#pragma once

#include "include/mbpf_program.h"
#include "mbpf/helpers/helpers.hpp"

namespace mbpf::capi {

// `devices` outlives the result.
[[nodiscard]] helpers::Devices devices_of(mbpf_devices_t const& devices);
// How many there are now. Nothing, if `devices` are none of devices_of().
void count_again(helpers::Devices& devices);

}  // namespace mbpf::capi
