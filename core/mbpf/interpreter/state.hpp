// SPDX-License-Identifier: MIT
// State: how handlers reach the machine they run. One interface, two representations; a handler is
// written once and compiled for either.
//
// Budgeting. `limit - pc` is 8 times the instructions still allowed after the one at `pc`. It
// changes by itself in straight-line code; a jump moves both. So counting costs nothing, and an
// exhausted budget is a negative difference, tested at taken jumps, local calls and exits.
//
// Carried... is what the compiler hands from handler to handler: nothing when the state is pinned
// to registers, the Frame otherwise.
#pragma once

#ifdef MBPF_PINNED_REGISTERS
#include "mbpf/interpreter/state_pinned.hpp"
#else
#include "mbpf/interpreter/state_portable.hpp"
#endif
