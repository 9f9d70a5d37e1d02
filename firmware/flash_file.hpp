// SPDX-License-Identifier: MIT
// The flash of an emulated board: memory on the code side, where programs run in place, and a file
// of the PC that keeps it. Every write goes to the file at once and in order, so stopping the
// emulator at any instant is a power cut.
#pragma once

#include "firmware/semihosting.hpp"
#include "mbpf/port/port.hpp"

namespace mbpf::firmware {

inline constexpr std::uint32_t flash_sector_bytes = 4096;

class FlashFile {
public:
    // Loads the file, or creates it erased. `name` must outlive the object.
    explicit FlashFile(char const* name);
    FlashFile(FlashFile const&) = delete;
    FlashFile& operator=(FlashFile const&) = delete;

    // False if the file can be neither read nor created, or has another size.
    [[nodiscard]] bool is_usable() const { return is_usable_; }
    [[nodiscard]] port::Flash port();

private:
    [[nodiscard]] bool create(char const* name);
    [[nodiscard]] bool put(std::uint32_t offset, Bytes bytes);
    [[nodiscard]] bool erase(std::uint32_t offset);
    [[nodiscard]] bool write(std::uint32_t offset, Bytes bytes);

    semihosting::File file_;
    bool is_usable_;
};

}  // namespace mbpf::firmware
