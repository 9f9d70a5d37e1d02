// SPDX-License-Identifier: MIT
// Where programs run: in this process, or on the core that QEMU emulates. The same request goes to
// either, and the same code executes it there (runner/runner.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runner/runner.hpp"

namespace mbpf::toolkit::place {

enum class Where : std::uint8_t { Host, M4 };

// A reply together with the memory that it views.
struct Run {
    runner::Reply reply;
    std::vector<std::byte> storage;

    Run() = default;
    Run(Run&&) = default;
    Run& operator=(Run&&) = default;
};

struct EmulatorOptions {
    std::chrono::seconds time_limit{60};      // For all runs together.
    std::vector<std::string> qemu_arguments;  // Further ones, such as -plugin.
};

struct Runs {
    std::vector<Run> runs;  // One for each request, in their order.
    std::string console;    // What the emulator printed, if anything.
};

[[nodiscard]] Runs run_on_host(std::span<runner::Request const> requests);

// One boot of the firmware for all requests. Throws a Failure if QEMU or the firmware is missing,
// fails, or takes longer than the limit.
[[nodiscard]] Runs run_on_m4(std::span<runner::Request const> requests,
                             EmulatorOptions const& options);

// The helpers that programs find at a place: the same everywhere.
[[nodiscard]] machine::HelperTable helper_table(runner::Suite suite);

[[nodiscard]] std::string_view name_of(Where where);  // "host", "m4"

}  // namespace mbpf::toolkit::place
