// SPDX-License-Identifier: MIT
// Where the toolkit keeps what outlives a call: keys, devices, images that were deployed.
#pragma once

#include <filesystem>

namespace mbpf::toolkit::home {

// MBPF_HOME; otherwise mbpf in XDG_DATA_HOME, or in ~/.local/share. Not created.
[[nodiscard]] std::filesystem::path folder();

// A folder in it, for its owner only. Created if it is not there.
[[nodiscard]] std::filesystem::path folder(char const* name);

}  // namespace mbpf::toolkit::home
