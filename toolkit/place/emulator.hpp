// SPDX-License-Identifier: MIT
// QEMU and the images that run under it: where they are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "toolkit/problem.hpp"

namespace mbpf::toolkit::place {

inline constexpr char const* emulator = "qemu-system-arm";

// Starts `image`, a file of the build, on `board`, with these words as its command line; what a
// file is called in them was quoted(). Further options of QEMU may be appended.
[[nodiscard]] std::vector<std::string> emulator_command(std::string const& board,
                                                        std::string const& image,
                                                        std::vector<std::string> const& words);

// As an argument inside a comma-separated option of QEMU.
[[nodiscard]] std::string quoted(std::filesystem::path const& path);

[[nodiscard]] Failure unavailable(std::string name, std::string reason, std::string suggestion,
                                  std::string details = {});

}  // namespace mbpf::toolkit::place
