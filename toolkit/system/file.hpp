// SPDX-License-Identifier: MIT
// Whole files. What cannot be read or written throws a Failure that says why.
#pragma once

#include <cstdio>
#include <filesystem>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::system {

// Larger files are refused: no program of ours comes near.
inline constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

// "-" is standard input.
[[nodiscard]] std::vector<std::byte> read_file(std::filesystem::path const& path);

void write_file(std::filesystem::path const& path, Bytes bytes);

// As above, but `path` is at all times what it was, or all of `bytes`: they are written next to it
// and take its name when they are complete. "-" is standard output.
void replace_file(std::filesystem::path const& path, Bytes bytes);

// Throws if what is made of `input` would replace it, or go to standard output beside a report in
// JSON.
void check_output(std::filesystem::path const& path, std::filesystem::path const& input,
                  bool is_json);

// Where to tell about a file that was written: not on standard output if that may be the file.
[[nodiscard]] std::FILE* stream_beside(std::filesystem::path const& path);

}  // namespace mbpf::toolkit::system
