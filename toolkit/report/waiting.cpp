// SPDX-License-Identifier: MIT
#include "toolkit/report/waiting.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <cstdio>

namespace mbpf::toolkit::report {

void Waiting::go_on() {
    constexpr std::chrono::seconds silent{2};
    if (is_said_ || Clock::now() - start_ < silent || isatty(STDERR_FILENO) != 1) {
        return;
    }
    is_said_ = true;
    what_ = fmt::format("waiting for {} (Ctrl-C ends it)", what_);
    fmt::print(stderr, "\r{:<78}", what_);  // Over what a bar has left there.
    std::fflush(stderr);
}

Waiting::~Waiting() {
    if (is_said_) {
        fmt::print(stderr, "\r{:<78}\r", std::string(what_.size(), ' '));
        std::fflush(stderr);
    }
}

}  // namespace mbpf::toolkit::report
