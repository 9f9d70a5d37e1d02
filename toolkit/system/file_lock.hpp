// SPDX-License-Identifier: MIT
// An advisory lock of a whole file: flock(2). It is held by every process that has the descriptor,
// and ends with the last of them, however that ends.
#pragma once

#include <filesystem>
#include <utility>

namespace mbpf::toolkit::system {

class FileLock {
public:
    // Creates the file, empty, if it is not there. A Failure if it cannot be opened or locked.
    explicit FileLock(std::filesystem::path const& path);
    ~FileLock();
    FileLock(FileLock&& other) noexcept
        : has_created_{other.has_created_},
          is_held_{other.is_held_},
          descriptor_{std::exchange(other.descriptor_, -1)} {}
    FileLock& operator=(FileLock&&) = delete;

    // False if another process has it.
    [[nodiscard]] bool is_held() const { return is_held_; }
    [[nodiscard]] bool has_created() const { return has_created_; }
    // For a child that is to hold it too.
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    bool has_created_ = true;
    bool is_held_ = false;
    int descriptor_;
};

}  // namespace mbpf::toolkit::system
