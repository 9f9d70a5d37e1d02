// SPDX-License-Identifier: MIT
#include "toolkit/system/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

extern "C" char** environ;

namespace mbpf::toolkit::system {

namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_{number} {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Descriptor& operator=(Descriptor&&) = delete;

    [[nodiscard]] int number() const { return number_; }
    void close() {
        if (number_ >= 0) {
            ::close(std::exchange(number_, -1));
        }
    }

private:
    int number_;
};

struct Pipe {
    Descriptor reading;
    Descriptor writing;
};

std::optional<Pipe> open_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return {};
    }
    return Pipe{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

volatile std::sig_atomic_t signal_seen = 0;

// While it lives, the signals that end a command are noted only. Who ignores one goes on to.
class NotedSignals {
public:
    NotedSignals() {
        signal_seen = 0;
        struct sigaction noting {};
        noting.sa_handler = [](int signal) { signal_seen = signal; };
        for (std::size_t i = 0; i < signals.size(); ++i) {
            sigaction(signals[i], nullptr, &before_[i]);
            if (before_[i].sa_handler != SIG_IGN) {
                sigaction(signals[i], &noting, nullptr);
            }
        }
    }
    ~NotedSignals() {
        for (std::size_t i = 0; i < signals.size(); ++i) {
            sigaction(signals[i], &before_[i], nullptr);
        }
    }
    NotedSignals(NotedSignals const&) = delete;
    NotedSignals& operator=(NotedSignals const&) = delete;

private:
    static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

    std::array<struct sigaction, signals.size()> before_{};
};

class FileActions {
public:
    FileActions() { posix_spawn_file_actions_init(&actions_); }
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    FileActions(FileActions const&) = delete;
    FileActions& operator=(FileActions const&) = delete;

    void connect(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
    void read_nothing() {
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    [[nodiscard]] posix_spawn_file_actions_t const* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_;
};

int milliseconds_until(Clock::time_point deadline) {
    auto const left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return left < 0 ? 0 : int(left) + 1;
}

// Reads both pipes to their ends; false if the deadline passed first.
bool collect(Pipe& output, Pipe& errors, ProcessResult& result, Clock::time_point deadline) {
    std::array<char, 4096> buffer;
    std::array<std::pair<Descriptor*, std::string*>, 2> const streams{
        {{&output.reading, &result.output}, {&errors.reading, &result.errors}}};
    for (;;) {
        std::array<pollfd, 2> polled{};
        bool is_open = false;
        for (std::size_t i = 0; i < streams.size(); ++i) {
            polled[i].fd = streams[i].first->number();  // -1 is skipped.
            polled[i].events = POLLIN;
            is_open = is_open || polled[i].fd >= 0;
        }
        if (!is_open) {
            return true;
        }
        int const ready = poll(polled.data(), polled.size(), milliseconds_until(deadline));
        if (ready == 0 || (ready < 0 && errno != EINTR) || signal_seen != 0) {
            return false;
        }
        for (std::size_t i = 0; i < streams.size() && ready > 0; ++i) {
            if (polled[i].revents == 0) {
                continue;
            }
            ssize_t const count = read(polled[i].fd, buffer.data(), buffer.size());
            if (count > 0) {
                streams[i].second->append(buffer.data(), std::size_t(count));
            } else if (count == 0 || errno != EINTR) {
                streams[i].first->close();
            }
        }
    }
}

// A child may close its output long before it ends: the deadline holds for that too.
bool wait_until(pid_t child, int& status, Clock::time_point deadline) {
    constexpr useconds_t pause_us = 2000;
    for (;;) {
        pid_t const ended = waitpid(child, &status, WNOHANG);
        if (ended == child) {
            return true;
        }
        if ((ended < 0 && errno != EINTR) || Clock::now() >= deadline || signal_seen != 0) {
            return false;
        }
        usleep(pause_us);
    }
}

}  // namespace

ProcessResult run_process(std::vector<std::string> const& arguments,
                          std::chrono::milliseconds limit) {
    ProcessResult result;
    std::optional<Pipe> output = open_pipe();
    std::optional<Pipe> errors = open_pipe();
    if (!output || !errors) {
        result.end = ProcessResult::End::NotStarted;
        result.code = errno;
        return result;
    }
    FileActions actions;
    actions.read_nothing();
    actions.connect(output->writing.number(), STDOUT_FILENO);
    actions.connect(errors->writing.number(), STDERR_FILENO);
    std::vector<char*> argv;
    for (std::string const& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));  // posix_spawn() does not write to it.
    }
    argv.push_back(nullptr);
    NotedSignals const noted;
    pid_t child = 0;
    int const error = posix_spawn(&child, argv[0], actions.get(), nullptr, argv.data(), environ);
    if (error != 0) {
        result.end = ProcessResult::End::NotStarted;
        result.code = error;
        return result;
    }
    output->writing.close();
    errors->writing.close();
    Clock::time_point const deadline = Clock::now() + limit;
    int status = 0;
    bool const has_ended =
        collect(*output, *errors, result, deadline) && wait_until(child, status, deadline);
    if (!has_ended) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    }
    if (signal_seen != 0) {
        throw Interrupted{signal_seen};
    }
    if (!has_ended) {
        result.end = ProcessResult::End::TimedOut;
        return result;
    }
    bool const exited = WIFEXITED(status);
    result.end = exited ? ProcessResult::End::Exited : ProcessResult::End::Signalled;
    result.code = exited ? WEXITSTATUS(status) : WTERMSIG(status);
    return result;
}

std::string end_text(ProcessResult const& result) {
    switch (result.end) {
        case ProcessResult::End::Exited:
            return fmt::format("it exited with status {}", result.code);
        case ProcessResult::End::Signalled:
            return fmt::format("it was killed by signal {}", result.code);
        case ProcessResult::End::TimedOut: return "it took too long and was stopped";
        case ProcessResult::End::NotStarted:
            return fmt::format("it could not be started: {}", std::strerror(result.code));
    }
    return {};
}

std::optional<std::filesystem::path> find_program(std::string_view name) {
    char const* const path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
        std::size_t const end = std::min(rest.find(':'), rest.size());
        std::filesystem::path const candidate = std::filesystem::path(rest.substr(0, end)) / name;
        std::error_code error;
        bool const is_file = std::filesystem::is_regular_file(candidate, error);
        if (end != 0 && is_file && access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

std::filesystem::path own_folder() {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace mbpf::toolkit::system
