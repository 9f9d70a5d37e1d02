// SPDX-License-Identifier: MIT
// Which instructions there are.
#pragma once

namespace mbpf::config {

// MBPF_SMALLEST: the engine for programs of Femto-Containers and nothing else, in less than 8 KiB
// of flash. It has version 2 of the instruction set (64-bit jumps; no atomics, no sign extension,
// no signed division), no local calls, no helpers whose arguments are checked, and takes the stack
// that it is given. What is left out is refused by the verifier.
#ifdef MBPF_SMALLEST
inline constexpr bool is_smallest = true;
#else
inline constexpr bool is_smallest = false;
#endif

}  // namespace mbpf::config
