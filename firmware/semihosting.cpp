// SPDX-License-Identifier: MIT
#include "firmware/semihosting.hpp"

#include "firmware/semihosting_call.hpp"

namespace mbpf::semihosting {

namespace {

enum Operation : std::uint32_t {
    Open = 0x01,
    Close = 0x02,
    Write0 = 0x04,
    Write = 0x05,
    Read = 0x06,
    Seek = 0x0a,
    FileLength = 0x0c,
    GetCommandLine = 0x15,
    ExitExtended = 0x20,
};
constexpr std::uint32_t application_exit = 0x20026;

std::uint32_t word(void const* pointer) { return std::uint32_t(address_of(pointer)); }

std::uint32_t length(char const* text) {
    std::uint32_t size = 0;
    while (text[size] != '\0') {
        ++size;
    }
    return size;
}

template <class... Word>
std::int32_t call(Operation operation, Word... words) {
    std::uint32_t const block[]{words...};
    return semihosting_call(operation, block);
}

std::int32_t open(char const* name, File::Mode mode) {
    return call(Open, word(name), std::uint32_t(mode), length(name));
}

}  // namespace

bool command_line(std::span<char> line) {
    std::uint32_t block[]{word(line.data()), std::uint32_t(line.size())};
    return semihosting_call(GetCommandLine, block) == 0;
}

void print(char const* text) { semihosting_call(Write0, text); }

void print_hex(std::uint32_t value) {
    char text[] = "0x00000000";
    for (std::size_t i = 9; i >= 2; --i, value >>= 4) {
        text[i] = "0123456789abcdef"[value & 15];
    }
    print(text);
}

void print_decimal(std::uint64_t value) {
    char text[21];
    std::size_t at = sizeof text - 1;
    text[at] = '\0';
    do {
        text[--at] = char('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(text + at);
}

void exit(std::uint32_t code) {
    call(ExitExtended, application_exit, code);
    while (true) {
    }
}

File::File(char const* name, Mode mode) : handle_{open(name, mode)} {}

File::~File() {
    if (is_open()) {
        call(Close, std::uint32_t(handle_));
    }
}

// Read and write answer with the number of bytes that were not read or written.
bool File::read(WritableBytes bytes) {
    at_ += bytes.size();
    return bytes.empty() ||
           call(Read, std::uint32_t(handle_), word(bytes.data()), std::uint32_t(bytes.size())) == 0;
}

bool File::write(Bytes bytes) {
    return bytes.empty() || call(Write, std::uint32_t(handle_), word(bytes.data()),
                                 std::uint32_t(bytes.size())) == 0;
}

bool File::skip(std::size_t bytes) { return seek(at_ + bytes); }

bool File::seek(std::size_t offset) {
    at_ = offset;
    return call(Seek, std::uint32_t(handle_), std::uint32_t(at_)) == 0;
}

std::size_t File::size() const {
    std::int32_t const bytes = call(FileLength, std::uint32_t(handle_));
    return bytes < 0 ? 0 : std::size_t(bytes);
}

bool File::reopen(char const* name, Mode mode) {
    if (is_open()) {
        call(Close, std::uint32_t(handle_));
    }
    handle_ = open(name, mode);
    at_ = 0;
    return is_open();
}

}  // namespace mbpf::semihosting
