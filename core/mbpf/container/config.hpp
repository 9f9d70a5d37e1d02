// SPDX-License-Identifier: MIT
// Limits of the container runtime. Each bounds memory or time that containers can take.
#pragma once

#include <cstdint>

namespace mbpf::config {

inline constexpr std::uint32_t max_containers = 8;
inline constexpr std::uint32_t max_hooks = 4;        // Of one container
inline constexpr std::uint32_t max_activations = 4;  // Runs that are under way at once
// Frames are larger where pointers are, and far larger under sanitizers; a PC has the room.
inline constexpr std::uint32_t activation_stack_bytes = sizeof(void*) == 4 ? 1792 : 65536;
inline constexpr std::uint32_t stack_guard_bytes = 32;  // At its end: a region of Armv7-M's MPU
inline constexpr std::uint32_t max_name_bytes = 23;
inline constexpr std::uint32_t max_path_bytes = 48;  // Of a hook
inline constexpr std::uint32_t max_signers = 4;
inline constexpr std::uint32_t max_signer_key_ranges = 4;

// What a container gets if neither its image nor the policy says.
inline constexpr std::uint32_t default_run_instructions = 1'000'000;
inline constexpr std::uint32_t default_second_instructions = 1'000'000;
inline constexpr std::uint32_t shortest_period_ms = 1;

inline constexpr std::uint32_t local_store_entries = 8;
inline constexpr std::uint32_t global_store_entries = 32;

// Writing values that are to outlive power wears flash out. So changes wait a while for others, and
// one store is written at most so many times at once and so often in the long run. All nine of them
// together, full and at that rate day and night, erase a sector of a journal with sectors of 4 KiB
// some 100 times a day: 100,000 erasures last 2.7 years. One store of three keys: for ever.
inline constexpr std::uint32_t kept_delay_ms = 1'000;
inline constexpr std::uint32_t kept_writes_at_once = 8;
inline constexpr std::uint32_t kept_write_every_ms = 900'000;

inline constexpr std::uint32_t output_bytes = 160;  // Of one run, between two looks at it
inline constexpr std::uint32_t log_bytes = 2048;
inline constexpr std::uint32_t log_bytes_per_second = 512;  // Of one container

// After a fault a container pauses, twice as long each time; after so many in a row it stays out.
inline constexpr std::uint32_t first_pause_ms = 100;
inline constexpr std::uint32_t longest_pause_ms = 60'000;
inline constexpr std::uint32_t max_faults_in_a_row = 10;

// An instruction that is interpreted takes some 12 cycles longer than one that is compiled, and
// compiling one takes some 3,100 (./dev bench): behind so many runs of each it has paid.
inline constexpr std::uint32_t runs_until_compiled = 256;

}  // namespace mbpf::config
