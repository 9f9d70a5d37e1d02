// SPDX-License-Identifier: MIT
// Devices that run on this PC: as a process, or as firmware under QEMU. Each has its flash in a
// file, which outlives it.
#pragma once

#include <filesystem>
#include <string>

#include "toolkit/device/registry.hpp"
#include "toolkit/remote/status.hpp"

namespace mbpf::toolkit::device {

inline constexpr char const* host_board = "host";
inline constexpr char const* default_board = "mps2-an386";

// Writes the flash of a new device, whose policy has that administrator.
void write_flash(std::filesystem::path const& path, port::PublicKey const& administrator);

// Starts it at a free port and waits until it answers.
[[nodiscard]] remote::DeviceInfo start(Device& device);

void stop(Device& device);

}  // namespace mbpf::toolkit::device
