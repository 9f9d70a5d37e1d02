// SPDX-License-Identifier: MIT
// Says on a terminal what a command waits for, if that takes long. The line is gone afterwards.
#pragma once

#include <chrono>
#include <string>

namespace mbpf::toolkit::report {

class Waiting {
public:
    explicit Waiting(std::string what) : what_{std::move(what)} {}
    ~Waiting();
    Waiting(Waiting const&) = delete;
    Waiting& operator=(Waiting const&) = delete;

    // Every now and then while nothing happens.
    void go_on();

private:
    using Clock = std::chrono::steady_clock;

    std::string what_;
    Clock::time_point start_ = Clock::now();
    bool is_said_ = false;
};

}  // namespace mbpf::toolkit::report
