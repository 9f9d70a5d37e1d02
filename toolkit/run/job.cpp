// SPDX-License-Identifier: MIT
#include "toolkit/run/job.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "toolkit/input/grants.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::run {

namespace {

std::vector<std::byte> read_context(std::string const& text) {
    std::error_code error;
    if (std::filesystem::exists(text, error)) {
        return system::read_file(text);
    }
    if (auto const bytes = input::parse_hex(text)) {
        return *bytes;
    }
    constexpr std::size_t shown = 40;
    throw Failure{ExitCode::Unusable,
                  Problem{.kind = ProblemKind::Input,
                          .name = "Input",
                          .program = "context",
                          .reason = "it is neither a file nor bytes in hex",
                          .found = text.size() > shown ? text.substr(0, shown) + "..." : text,
                          .allowed = "pairs of hex digits, or the name of a file",
                          .suggestion = "--context 01000000ff"}};
}

std::uint32_t budget_of(Job const& job) {
    std::uint32_t const asked = job.input.program.rights.run_budget_instructions;
    return job.wish.budget.value_or(asked != 0 ? asked : default_budget);
}

Failure bad_batch(std::string const& path, std::string reason) {
    return unusable(path, std::move(reason),
                    R"(write [{"file": "a.c", "context": "00ff", "entry": "main", "budget": 1000, )"
                    R"("grant": "printf"}, ...]; all but file may be left out)");
}

// Member `name` of run number `run`; `otherwise` if it is not there.
std::string text_of(nlohmann::json const& json, char const* name, std::size_t run,
                    std::string const& path, std::string const& otherwise) {
    nlohmann::json const value = json.value(name, nlohmann::json(otherwise));
    if (!value.is_string()) {
        throw bad_batch(path, fmt::format("run {} of the batch: {} is no text", run, name));
    }
    return value.get<std::string>();
}

Wish read_wish(nlohmann::json const& json, std::size_t run, std::string const& path,
               Wish const& shared) {
    if (!json.is_object() || !json.contains("file")) {
        throw bad_batch(path, fmt::format("run {} of the batch is no object with a file", run));
    }
    constexpr std::array<std::string_view, 5> members{"file", "context", "entry", "budget",
                                                      "grant"};
    for (auto const& [name, value] : json.items()) {
        if (std::ranges::find(members, name) == members.end()) {
            throw bad_batch(path, fmt::format("run {} of the batch has a member {}", run, name));
        }
    }
    Wish wish;
    wish.file = text_of(json, "file", run, path, {});
    wish.context = text_of(json, "context", run, path, shared.context);
    wish.entry = text_of(json, "entry", run, path, shared.entry);
    wish.grants = text_of(json, "grant", run, path, shared.grants);
    wish.budget = shared.budget;
    if (json.contains("budget")) {
        constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
        nlohmann::json const& budget = json.at("budget");
        if (!budget.is_number_unsigned() || budget.get<std::uint64_t>() > most) {
            throw bad_batch(path, fmt::format("run {} of the batch: the budget {} is no whole "
                                              "number from 0 to {}",
                                              run, budget.dump(), most));
        }
        wish.budget = budget.get<std::uint32_t>();
    }
    return wish;
}

}  // namespace

// C source runs as the image that `mbpf build` makes of it; an object is linked where it runs,
// unless it has maps, whose declarations only the toolkit reads.
runner::Request Job::request() const {
    bool const is_source =
        input.compiler.has_value() || (input.is_linked() && input.program.map_count != 0);
    runner::Request request;
    request.program = is_source ? input.runnable : input.file;
    request.format = is_source ? program::Format::Image : input.format;
    // An image that was linked for an entry starts there.
    request.entry = is_source ? std::string_view{} : std::string_view{wish.entry};
    request.context = context;
    request.engine = settings.engine;
    request.bytecode = settings.bytecode;
    request.policy.granted = granted;
    request.budget = budget;
    return request;
}

Job make_job(Wish const& wish, Settings const& settings) {
    Job job;
    job.wish = wish;
    job.input = input::load(
        wish.file, {.format = settings.format, .entry = wish.entry, .flags = settings.flags});
    job.context = wish.context.empty() ? std::vector<std::byte>{} : read_context(wish.context);
    job.settings = settings;
    job.granted = input::parse_grants(wish.grants);
    job.budget = {budget_of(job)};
    return job;
}

std::vector<Wish> read_batch(std::string const& path, Wish const& shared) {
    std::vector<std::byte> const bytes = system::read_file(path);
    try {
        nlohmann::json const json = nlohmann::json::parse(as_text(bytes));
        if (!json.is_array()) {
            throw bad_batch(path, "a batch is an array of runs");
        }
        std::vector<Wish> wishes;
        for (nlohmann::json const& run : json) {
            wishes.push_back(read_wish(run, wishes.size() + 1, path, shared));
        }
        return wishes;
    } catch (nlohmann::json::parse_error const& error) {
        throw bad_batch(path, fmt::format("this is no JSON from byte {} on", error.byte));
    }
}

}  // namespace mbpf::toolkit::run
