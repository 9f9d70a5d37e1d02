// SPDX-License-Identifier: MIT
// Door of the C interface, include/mbpf.h, which this layer implements. Depends on agent.
#pragma once

#include "mbpf/capi/objects.hpp"
