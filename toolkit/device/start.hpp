// SPDX-License-Identifier: MIT
// Devices that run on this PC: as a process, or as firmware under QEMU. Each has its flash in a
// file, which outlives it.
#pragma once

#include <filesystem>
#include <string>

#include "toolkit/device/registry.hpp"
#include "toolkit/remote/status.hpp"

namespace mbpf::toolkit::device {

inline constexpr char const* default_board = "mps2-an386";

// Writes the flash of a new device, whose policy has that administrator.
void write_flash(std::filesystem::path const& path, port::PublicKey const& administrator);

// Starts it at a free port. It holds the lock of its flash until it ends.
void start(Device& device, system::FileLock const& flash);

// A Failure if it ends, or says nothing for too long.
void wait_until_it_answers(Device const& device);

void stop(Device& device);

}  // namespace mbpf::toolkit::device
