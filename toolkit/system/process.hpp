// SPDX-License-Identifier: MIT
// Runs another program from an argument vector (no shell is involved) and collects what it prints,
// within a wall-clock limit. The child is gone when run_process() returns.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mbpf::toolkit::system {

struct ProcessResult {
    enum class End : std::uint8_t { Exited, Signalled, TimedOut, NotStarted };

    End end{};
    int code{};  // Exit status, signal or errno.
    std::string output;
    std::string errors;

    [[nodiscard]] bool succeeded() const { return end == End::Exited && code == 0; }
};

// Thrown where a signal ended the wait for a child, so that what was made for it goes on the way
// out. Whoever catches it ends by that signal.
struct Interrupted {
    int signal{};
};

// `arguments` starts with the path of the program. Its standard input is empty. May throw
// Interrupted.
[[nodiscard]] ProcessResult run_process(std::vector<std::string> const& arguments,
                                        std::chrono::milliseconds limit);

// "it exited with status 2", "it was killed by signal 11", ...
[[nodiscard]] std::string end_text(ProcessResult const& result);

// The executable file `name` in a folder of PATH.
[[nodiscard]] std::optional<std::filesystem::path> find_program(std::string_view name);

// Of this executable; empty where the system does not say.
[[nodiscard]] std::filesystem::path own_folder();

}  // namespace mbpf::toolkit::system
