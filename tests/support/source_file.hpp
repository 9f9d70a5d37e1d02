// SPDX-License-Identifier: MIT
// Files of the repository that tests read.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mbpf::test {

// The root of the repository: MBPF_SOURCE_DIR, or the working directory.
[[nodiscard]] std::filesystem::path source_directory();

// Throws std::runtime_error if there is no such file. `path` counts from the root.
[[nodiscard]] std::string read_source_file(std::string_view path);

}  // namespace mbpf::test
