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
void print_decimal(std::uint64_t value);

[[noreturn]] void exit(std::uint32_t code);

class File {
public:
    // As fopen's "rb", "r+b" and "wb"
    enum class Mode : std::uint8_t { Read = 1, Update = 3, Write = 5 };

    File(char const* name, Mode mode);
    ~File();
    File(File const&) = delete;
    File& operator=(File const&) = delete;

    [[nodiscard]] bool is_open() const { return handle_ >= 0; }
    // Fills all of `bytes`, from where the last read ended.
    [[nodiscard]] bool read(WritableBytes bytes);
    [[nodiscard]] bool write(Bytes bytes);
    [[nodiscard]] bool skip(std::size_t bytes);
    // What follows reads or writes from there on.
    [[nodiscard]] bool seek(std::size_t offset);
    // In bytes; 0 if the file has no size.
    [[nodiscard]] std::size_t size() const;
    // Another file, or the same one in another mode, behind this object.
    [[nodiscard]] bool reopen(char const* name, Mode mode);

private:
    std::int32_t handle_;
    std::size_t at_ = 0;
};

}  // namespace mbpf::semihosting
