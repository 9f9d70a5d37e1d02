// SPDX-License-Identifier: MIT
// A new folder that vanishes with its owner, whatever was put into it.
#pragma once

#include <filesystem>

namespace mbpf::toolkit::system {

class TemporaryFolder {
public:
    // Throws std::filesystem::filesystem_error if there is no place for one.
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace mbpf::toolkit::system
