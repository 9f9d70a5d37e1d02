// SPDX-License-Identifier: MIT
// Limits of the CoAP layer, and the times of RFC 7252 section 4.8.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mbpf::coap::config {

inline constexpr std::size_t max_block_bytes = 1024;
inline constexpr std::size_t default_block_bytes = 512;  // If the client has no wish.
inline constexpr std::size_t max_head_bytes = 48;        // Before the payload of a reply.

inline constexpr std::size_t max_path_segments = 6;
inline constexpr std::size_t max_queries = 4;

inline constexpr std::size_t exchanges = 8;
inline constexpr std::size_t stored_reply_bytes = 224;  // A whole datagram.
inline constexpr std::size_t observers = 4;
inline constexpr std::size_t stored_options_bytes = 96;  // Of what an observer asks for.
inline constexpr std::uint8_t confirm_every = 5;         // Notifications.
inline constexpr std::uint32_t confirm_after_ms = 24 * 3600 * 1000;  // RFC 7641 section 4.5.

inline constexpr std::uint32_t ack_timeout_ms = 2000;
inline constexpr std::uint32_t ack_spread_ms = 1000;  // ACK_RANDOM_FACTOR is 1.5.
inline constexpr std::uint8_t max_retransmit = 4;
inline constexpr std::uint32_t exchange_lifetime_ms = 247'000;

inline constexpr std::uint32_t separate_after_ms = 500;
inline constexpr std::uint32_t defer_limit_ms = 240'000;
inline constexpr std::uint32_t busy_max_age_seconds = 5;

inline constexpr std::size_t fetch_options_bytes = 128;     // Path and query of what is fetched.
inline constexpr std::uint32_t fetch_patience_ms = 60'000;  // After an empty acknowledgement.

}  // namespace mbpf::coap::config
