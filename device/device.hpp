// SPDX-License-Identifier: MIT
// Door of the device: agent and runtime on the parts of a platform, the same in the firmware of the
// emulated board and in a process of a PC. Depends on agent.
#pragma once

#include "device/assembly.hpp"
#include "device/sensors.hpp"
#include "device/simulation.hpp"
