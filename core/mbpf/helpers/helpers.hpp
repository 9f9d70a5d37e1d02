// SPDX-License-Identifier: MIT
// Door of the helpers layer: the helpers that every device has, with the ids of Femto-Containers.
// Depends on maps and coap.
#pragma once

#include "mbpf/helpers/decimal.hpp"
#include "mbpf/helpers/environment.hpp"
#include "mbpf/helpers/packet.hpp"
#include "mbpf/helpers/standard.hpp"
