// SPDX-License-Identifier: MIT
// The Ethernet controller of the MPS2 boards (SMSC, "LAN9118 Datasheet"). Frames move through its
// FIFOs a word at a time, and lie two bytes into a buffer: what follows the Ethernet header is
// 4-aligned then.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mbpf::firmware::lan9118 {

using MacAddress = std::array<std::uint8_t, 6>;

inline constexpr std::size_t frame_offset_bytes = 2;
inline constexpr std::size_t max_frame_bytes = 1514;  // Without its checksum
inline constexpr std::size_t max_frame_words = (frame_offset_bytes + max_frame_bytes + 4 + 3) / 4;

// Resets the controller and lets it receive. False if it is not there.
[[nodiscard]] bool start();

// As its EEPROM has it.
[[nodiscard]] MacAddress mac_address();

[[nodiscard]] bool has_frame();

// Takes the next frame out of the controller. Returns the size without offset and checksum; 0 if
// the frame was broken or did not fit.
[[nodiscard]] std::size_t receive(std::span<std::uint32_t> words);

// False if the controller has no room for it. The frame lies at its offset in `words`.
[[nodiscard]] bool transmit(std::span<std::uint32_t const> words, std::size_t frame_bytes);

// From now on a frame that comes in calls the interrupt handler, once.
void wake_on_frame();

}  // namespace mbpf::firmware::lan9118
