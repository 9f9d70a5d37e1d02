// SPDX-License-Identifier: MIT
// Whole files. What cannot be read or written throws a Failure that says why.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
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

// What a user says of a file that is made of another.
struct OutputWish {
    std::string name;  // Empty: here, named after the input with `suffix`.
    std::string suffix;
    bool has_json_report{};
};

// Where it goes. Throws if it would replace its input, or go to standard output beside a report in
// JSON.
[[nodiscard]] std::filesystem::path output_of(std::filesystem::path const& input,
                                              OutputWish const& wish);

// Where to tell about a file that was written: not on standard output if that may be the file.
[[nodiscard]] std::FILE* stream_beside(std::filesystem::path const& path);

}  // namespace mbpf::toolkit::system
