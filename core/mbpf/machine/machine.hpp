// SPDX-License-Identifier: MIT
// Door of the machine layer: what a running program sees. Depends on program, isa and base.
#pragma once

#include "mbpf/machine/frame.hpp"
#include "mbpf/machine/helper.hpp"
#include "mbpf/machine/instance.hpp"
#include "mbpf/machine/region.hpp"
#include "mbpf/machine/trap.hpp"
