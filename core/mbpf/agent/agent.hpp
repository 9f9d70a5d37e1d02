// SPDX-License-Identifier: MIT
// Door of the agent layer: what the network may ask of a device, and who may ask it. Depends on
// container, coap and suit.
#pragma once

#include "mbpf/agent/identity.hpp"
#include "mbpf/agent/management.hpp"
#include "mbpf/agent/program_call.hpp"
