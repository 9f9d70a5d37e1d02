// SPDX-License-Identifier: MIT
#include "toolkit/system/detached.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>
#include <iterator>

extern "C" char** environ;

namespace mbpf::toolkit::system {

int start_detached(std::vector<std::string> const& arguments, std::filesystem::path const& log,
                   int kept) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    constexpr mode_t owner_only = 0600;
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, owner_only);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, kept, kept);  // Clears FD_CLOEXEC.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    std::vector<char*> argv;
    for (std::string const& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));  // posix_spawn() does not write to it.
    }
    argv.push_back(nullptr);
    pid_t child = 0;
    int const error = posix_spawn(&child, argv[0], &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? child : -error;
}

bool has_ended(int process) { return waitpid(process, nullptr, WNOHANG) == process; }

bool is_running(int process, std::string const& argument) {
    if (process <= 0 || argument.empty()) {
        return false;
    }
    // A process that has ended and that nobody has waited for has an empty command line.
    std::ifstream file{fmt::format("/proc/{}/cmdline", process)};
    std::string const line{std::istreambuf_iterator<char>(file), {}};
    return line.find(argument) != std::string::npos;
}

void stop_process(int process, std::string const& argument) {
    constexpr useconds_t pause_us = 20'000;
    constexpr unsigned patience = 100;
    constexpr unsigned last_attempts = 50;
    for (unsigned i = 0; is_running(process, argument) && i < patience + last_attempts; ++i) {
        if (i == 0 || i == patience) {
            kill(process, i == 0 ? SIGTERM : SIGKILL);
        }
        usleep(pause_us);
        waitpid(process, nullptr, WNOHANG);  // If it was started by this call.
    }
}

}  // namespace mbpf::toolkit::system
