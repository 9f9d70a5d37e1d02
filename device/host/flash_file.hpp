// SPDX-License-Identifier: MIT
// Flash in a file, for a device that is a process. What is written is in the file at once.
#pragma once

#include <optional>
#include <string>

#include "mbpf/port/port.hpp"

namespace mbpf::device {

class FlashFile {
public:
    // Creates it erased if it is not there, and locks it. `lock` is a descriptor that may have the
    // lock already, of whoever started this process. Throws std::runtime_error with the reason.
    FlashFile(std::string const& name, std::optional<int> lock);
    ~FlashFile();
    FlashFile(FlashFile const&) = delete;
    FlashFile& operator=(FlashFile const&) = delete;

    [[nodiscard]] port::Flash port();

private:
    [[nodiscard]] bool erase(std::uint32_t offset);
    [[nodiscard]] bool write(std::uint32_t offset, Bytes bytes);

    int descriptor_;
    std::byte* memory_;
};

}  // namespace mbpf::device
