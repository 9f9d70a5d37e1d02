// SPDX-License-Identifier: MIT
// QEMU and the images that run under it: where they are.
#pragma once

#include <filesystem>
#include <string>

#include "toolkit/problem.hpp"

namespace mbpf::toolkit::place {

inline constexpr char const* emulator = "qemu-system-arm";

// MBPF_FIRMWARE names the image or its folder; otherwise it is where the build puts it.
[[nodiscard]] std::filesystem::path find_firmware(std::string const& file);

[[nodiscard]] std::filesystem::path find_emulator();

// As an argument inside a comma-separated option of QEMU.
[[nodiscard]] std::string quoted(std::filesystem::path const& path);

[[nodiscard]] Failure unavailable(std::string name, std::string reason, std::string suggestion,
                                  std::string details = {});

}  // namespace mbpf::toolkit::place
