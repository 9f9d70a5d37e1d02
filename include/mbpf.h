// SPDX-License-Identifier: MIT
// µBPF for embedders, in C11 and C++20: small eBPF programs inside firmware, kept apart from it and
// from each other.
//
//     mbpf_program.h   one program: open, verify, prepare, run, compile
//     mbpf_helper.h    what firmware lets programs call
//     mbpf_map.h       the maps of a program
//     mbpf_device.h    containers in flash, hooks, and the agent that installs them over CoAP
//     mbpf_fault.h     what can be wrong
//
// Link the sources of core/mbpf (C++20, freestanding, no heap). What is not called takes no flash
// (-ffunction-sections, --gc-sections).
#pragma once

#include "mbpf_device.h"
#include "mbpf_fault.h"
#include "mbpf_helper.h"
#include "mbpf_map.h"
#include "mbpf_program.h"
