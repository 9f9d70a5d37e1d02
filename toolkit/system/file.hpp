// SPDX-License-Identifier: MIT
// Whole files. What cannot be read or written throws a Failure that says why.
#pragma once

#include <filesystem>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::system {

// Larger files are refused: no program of ours comes near.
inline constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

[[nodiscard]] std::vector<std::byte> read_file(std::filesystem::path const& path);

void write_file(std::filesystem::path const& path, Bytes bytes);

// As above, but `path` is at all times what it was, or all of `bytes`: they are written next to it
// and take its name when they are complete.
void replace_file(std::filesystem::path const& path, Bytes bytes);

}  // namespace mbpf::toolkit::system
