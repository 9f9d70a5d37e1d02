// SPDX-License-Identifier: MIT
#include "toolkit/system/file.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "toolkit/problem.hpp"

namespace mbpf::toolkit::system {

namespace {

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

Failure cannot(char const* verb, std::filesystem::path const& path, int error) {
    return unusable(path.empty() ? "''" : path.string(),
                    fmt::format("cannot {}: {}", verb, std::strerror(error)),
                    "check the name and its permissions");
}

}  // namespace

std::vector<std::byte> read_file(std::filesystem::path const& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        throw cannot("read", path, EISDIR);
    }
    File const file{std::fopen(path == "-" ? "/dev/stdin" : path.c_str(), "rb")};
    if (file == nullptr) {
        throw cannot("read", path, errno);
    }
    std::vector<std::byte> bytes;
    std::vector<std::byte> piece(std::size_t{1} << 16);
    for (;;) {
        std::size_t const count = std::fread(piece.data(), 1, piece.size(), file.get());
        bytes.insert(bytes.end(), piece.begin(), piece.begin() + std::ptrdiff_t(count));
        if (bytes.size() > max_file_bytes) {
            throw unusable(path.string(),
                           fmt::format("the file is larger than {} MiB", max_file_bytes >> 20));
        }
        if (count < piece.size()) {
            break;
        }
    }
    if (std::ferror(file.get()) != 0) {
        throw cannot("read", path, errno);
    }
    return bytes;
}

void write_file(std::filesystem::path const& path, Bytes bytes) {
    File file{std::fopen(path.c_str(), "wb")};
    if (file == nullptr) {
        throw cannot("write", path, errno);
    }
    bool const is_written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
    // A full disk may show only when the last bytes leave the buffer.
    if (!is_written || std::fclose(file.release()) != 0) {
        throw cannot("write", path, errno);
    }
}

void replace_file(std::filesystem::path const& path, Bytes bytes) {
    if (path == "-") {
        return write_file("/dev/stdout", bytes);
    }
    std::error_code error;
    std::filesystem::file_status const status = std::filesystem::status(path, error);
    if (std::filesystem::is_directory(status)) {
        throw cannot("write", path, EISDIR);
    }
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        write_file(path, bytes);  // A device or a pipe has no other name to prepare under.
        return;
    }
    // A link stays one: what it points to is replaced.
    bool const is_link = std::filesystem::is_symlink(path, error);
    std::filesystem::path const target = is_link ? std::filesystem::weakly_canonical(path) : path;
    std::filesystem::path const prepared = fmt::format("{}.{}.new", target.string(), getpid());
    try {
        write_file(prepared, bytes);
    } catch (Failure const&) {
        int const reason = errno;
        std::filesystem::remove(prepared, error);
        throw cannot("write", path, reason);
    }
    std::filesystem::rename(prepared, target, error);
    if (error) {
        std::error_code ignored;
        std::filesystem::remove(prepared, ignored);
        throw cannot("write", path, error.value());
    }
}

std::filesystem::path output_of(std::filesystem::path const& input, OutputWish const& wish) {
    std::filesystem::path const path = wish.name.empty()
                                           ? input.filename().replace_extension(wish.suffix)
                                           : std::filesystem::path(wish.name);
    std::error_code error;
    if (std::filesystem::equivalent(path, input, error)) {
        throw unusable(path.string(), "the result would overwrite the file that it is made from",
                       "name another file: -o FILE");
    }
    if (wish.has_json_report && path == "-") {
        throw usage("the file and the report would both go to standard output", "-o - --json",
                    "write to a file, or leave --json out");
    }
    return path;
}

std::FILE* stream_beside(std::filesystem::path const& path) {
    std::error_code error;
    return path != "-" && std::filesystem::is_regular_file(path, error) ? stdout : stderr;
}

}  // namespace mbpf::toolkit::system
