// SPDX-License-Identifier: MIT
#include "toolkit/system/file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include "toolkit/problem.hpp"

namespace mbpf::toolkit::system {

FileLock::FileLock(std::filesystem::path const& path) {
    constexpr mode_t owner_only = 0600;
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC;
    descriptor_ = ::open(path.c_str(), flags | O_EXCL, owner_only);
    if (descriptor_ < 0 && errno == EEXIST) {
        has_created_ = false;
        descriptor_ = ::open(path.c_str(), flags, owner_only);
    }
    is_held_ = descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    if (!is_held_ && (descriptor_ < 0 || errno != EWOULDBLOCK)) {
        int const reason = errno;
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
        throw unusable(
            path.string(),
            fmt::format("cannot {}: {}", descriptor_ < 0 ? "open" : "lock", std::strerror(reason)),
            "check the name and its permissions");
    }
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

}  // namespace mbpf::toolkit::system
