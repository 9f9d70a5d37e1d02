// SPDX-License-Identifier: MIT
// Files and console of the PC that debugs or emulates this core (Arm, "Semihosting for AArch32 and
// AArch64", 2.0; the RISC-V specification of the same name has the same operations).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mbpf/base/base.hpp"

namespace mbpf::semihosting {

// The words after -semihosting-config arg=..., apart by blanks. False if they do not fit.
[[nodiscard]] bool command_line(std::span<char> line);

void print(char const* text);
void print_hex(std::uint32_t value);

[[noreturn]] void exit(std::uint32_t code);

class File {
public:
    enum class Mode : std::uint8_t { Read = 1, Write = 5 };  // As fopen's "rb" and "wb"

    File(char const* name, Mode mode);
    ~File();
    File(File const&) = delete;
    File& operator=(File const&) = delete;

    [[nodiscard]] bool is_open() const { return handle_ >= 0; }
    // Fills all of `bytes`, from where the last read ended.
    [[nodiscard]] bool read(WritableBytes bytes);
    [[nodiscard]] bool write(Bytes bytes);
    [[nodiscard]] bool skip(std::size_t bytes);

private:
    std::int32_t handle_;
    std::size_t at_ = 0;
};

}  // namespace mbpf::semihosting
