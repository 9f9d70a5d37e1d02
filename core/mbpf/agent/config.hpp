// SPDX-License-Identifier: MIT
// Limits of the agent.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mbpf::agent::config {

inline constexpr std::size_t calls = 3;                 // Requests to containers under way at once
inline constexpr std::size_t call_context_bytes = 256;  // Of a request's payload
inline constexpr std::size_t call_reply_bytes = 192;    // Of the answer's
inline constexpr std::size_t status_bytes = 640;        // Of what is said of one container
inline constexpr std::uint32_t log_piece_bytes = 480;   // Of an answer: they fit into a block.
inline constexpr std::uint32_t map_piece_bytes = 496;   // The same, with the record in front
inline constexpr std::uint64_t transfer_idle_us = 5'000'000;  // Then another may start.
inline constexpr std::uint16_t pull_block_bytes = 512;
inline constexpr std::uint32_t pull_limit_ms = 200'000;  // In less than a deferred answer takes.
inline constexpr std::uint64_t log_notice_us = 200'000;  // Between two notices that the log grew

inline constexpr std::uint32_t last_common_sequence = 0x7fff'ffff;  // Of who is no administrator.

}  // namespace mbpf::agent::config
