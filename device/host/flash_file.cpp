// SPDX-License-Identifier: MIT
#include "device/host/flash_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace mbpf::device {

namespace {

constexpr std::size_t flash_bytes = 512 * 1024;
constexpr std::uint32_t sector_bytes = 4096;

[[noreturn]] void fail(std::string const& name, std::string const& reason) {
    throw std::runtime_error{name + ": " + reason};
}

// Erased, all of it.
void create(int descriptor, std::string const& name) {
    std::vector<std::byte> const erased(flash_bytes, port::erased_byte);
    if (::write(descriptor, erased.data(), erased.size()) != ssize_t(erased.size())) {
        fail(name, std::strerror(errno));
    }
}

}  // namespace

FlashFile::FlashFile(std::string const& name, std::optional<int> lock)
    : descriptor_{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
        fail(name, std::strerror(errno));
    }
    if (::flock(lock.value_or(descriptor_), LOCK_EX | LOCK_NB) != 0) {
        fail(name, errno == EWOULDBLOCK ? "a device that runs has this flash: stop it first"
                                        : std::strerror(errno));
    }
    if (status.st_size == 0) {
        create(descriptor_, name);
    } else if (status.st_size != off_t(flash_bytes)) {
        fail(name, "it has " + std::to_string(status.st_size) + " bytes, and a flash has " +
                       std::to_string(flash_bytes));
    }
    void* const mapped =
        ::mmap(nullptr, flash_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (mapped == MAP_FAILED) {
        fail(name, std::strerror(errno));
    }
    memory_ = static_cast<std::byte*>(mapped);
}

FlashFile::~FlashFile() {
    ::munmap(memory_, flash_bytes);
    ::close(descriptor_);
}

port::Flash FlashFile::port() {
    return {{memory_, flash_bytes},
            sector_bytes,
            this,
            [](void* self, std::uint32_t offset) {
                return static_cast<FlashFile*>(self)->erase(offset);
            },
            [](void* self, std::uint32_t offset, Bytes bytes) {
                return static_cast<FlashFile*>(self)->write(offset, bytes);
            }};
}

bool FlashFile::erase(std::uint32_t offset) {
    if (offset % sector_bytes != 0 || !fits(offset, sector_bytes, flash_bytes)) {
        return false;
    }
    std::fill_n(memory_ + offset, sector_bytes, port::erased_byte);
    return true;
}

// As flash does it: only what is erased can be written.
bool FlashFile::write(std::uint32_t offset, Bytes bytes) {
    if (offset % port::flash_write_bytes != 0 || !fits(offset, bytes.size(), flash_bytes) ||
        !port::is_erased({memory_ + offset, bytes.size()})) {
        return false;
    }
    std::copy(bytes.begin(), bytes.end(), memory_ + offset);
    return true;
}

}  // namespace mbpf::device
