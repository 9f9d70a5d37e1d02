// SPDX-License-Identifier: MIT
// One program to run: what the user asked for, and the request made from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/runner.hpp"
#include "toolkit/input/input.hpp"

namespace mbpf::toolkit::run {

struct Wish {
    std::string file;
    std::string context;                  // Hex, or the name of a file; empty: no context.
    std::string entry;                    // Empty: the first.
    std::string grants = "all";           // As --grant takes them.
    std::optional<std::uint32_t> budget;  // Absent: what the image asks for, or default_budget.
};

inline constexpr std::uint32_t default_budget = 10'000'000;

struct Settings {
    std::optional<program::Format> format;
    runner::Engine engine{};
    runner::Bytecode bytecode = runner::Bytecode::Accelerated;
    std::vector<std::string> flags;
};

struct Job {
    Wish wish;
    input::Input input;
    std::vector<std::byte> context;
    Settings settings;
    machine::HelperSet granted;
    Budget budget{};

    // Views this job, which must stay where it is.
    [[nodiscard]] runner::Request request() const;
};

// Throws a Failure if the program or its context cannot be used.
[[nodiscard]] Job make_job(Wish const& wish, Settings const& settings);

// A JSON file: [{"file": ..., "context": ..., "entry": ..., "budget": ..., "grant": ...}, ...].
// What a run does not say is as in `shared`.
[[nodiscard]] std::vector<Wish> read_batch(std::string const& path, Wish const& shared);

}  // namespace mbpf::toolkit::run
