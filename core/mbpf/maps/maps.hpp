// SPDX-License-Identifier: MIT
// Door of the maps layer: arrays, hashes and ring buffers in the memory of one program. Depends on
// machine.
#pragma once

#include "mbpf/maps/map_set.hpp"
#include "mbpf/maps/ring.hpp"
#include "mbpf/maps/table.hpp"
