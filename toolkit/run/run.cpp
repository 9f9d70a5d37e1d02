// SPDX-License-Identifier: MIT
#include "toolkit/run/run.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/place/place.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/run/job.hpp"
#include "toolkit/run/report.hpp"

namespace mbpf::toolkit::run {

namespace {

constexpr int max_time_limit_s = 86'400;

struct Options {
    std::vector<std::string> files;
    std::string batch;
    Wish shared;  // What holds for every file.
    std::string format;
    std::string bytecode = "accelerated";
    std::string where = "host";
    std::string engine = "interpreter";
    std::vector<std::string> qemu_arguments;
    std::int64_t time_limit_s = 60;
    bool is_json = false;
};

// A wish, and what became of it before anything ran.
struct Planned {
    std::optional<Job> job;
    std::optional<Failure> failure;
    std::string file;
};

std::vector<Wish> wishes_of(Options const& options) {
    if (!options.batch.empty()) {
        return read_batch(options.batch, options.shared);
    }
    std::vector<Wish> wishes;
    for (std::string const& file : options.files) {
        wishes.push_back(options.shared);
        wishes.back().file = file;
    }
    return wishes;
}

// A program that is no good must not keep the others of a batch from running.
std::vector<Planned> plan(std::vector<Wish> const& wishes, Settings const& settings) {
    std::vector<Planned> all;
    for (Wish const& wish : wishes) {
        Planned planned{.job = {}, .failure = {}, .file = wish.file};
        try {
            planned.job = make_job(wish, settings);
        } catch (Failure const& failure) {
            planned.failure = failure;
        }
        all.push_back(std::move(planned));
    }
    return all;
}

place::Runs run_all(std::vector<Planned> const& all, Options const& options) {
    std::vector<runner::Request> requests;
    for (Planned const& planned : all) {
        if (planned.job) {
            requests.push_back(planned.job->request());
        }
    }
    if (requests.empty()) {
        return {};
    }
    if (options.where == place::name_of(place::Where::Host)) {
        return place::run_on_host(requests);
    }
    return place::run_on_m4(requests, {.time_limit = std::chrono::seconds(options.time_limit_s),
                                       .qemu_arguments = options.qemu_arguments});
}

ExitCode code_of(Planned const& planned, runner::Reply const* reply) {
    return reply == nullptr ? planned.failure->exit_code() : exit_code_of(reply->status);
}

// What came of a program that ran goes to standard output; why another did not, to standard error.
void show_text(Planned const& planned, runner::Reply const* reply, place::Where where) {
    if (reply != nullptr) {
        std::string const& warnings = planned.job->input.warnings;
        std::fwrite(warnings.data(), 1, warnings.size(), stderr);
        print(run_text(*planned.job, *reply, where, report::Palette::of(stdout)));
        return;
    }
    std::fflush(stdout);
    std::string const text = report::problem_text(
        planned.failure->problem(), planned.failure->exit_code(), report::Palette::of(stderr));
    std::fwrite(text.data(), 1, text.size(), stderr);
}

nlohmann::ordered_json json_of(Planned const& planned, runner::Reply const* reply,
                               place::Where where) {
    if (reply != nullptr) {
        return run_json(*planned.job, *reply, where);
    }
    nlohmann::ordered_json json = report::failure_json(*planned.failure);
    json["file"] = planned.file;
    return json;
}

// Replies in the order of `all`; nullptr for what could not run.
std::vector<runner::Reply const*> replies_of(std::vector<Planned> const& all,
                                             place::Runs const& runs) {
    std::vector<runner::Reply const*> replies;
    std::size_t next = 0;
    for (Planned const& planned : all) {
        replies.push_back(planned.job ? &runs.runs[next++].reply : nullptr);
    }
    return replies;
}

void show(std::vector<Planned> const& all, place::Runs const& runs, Options const& options,
          Session& session) {
    bool const is_host = options.where == place::name_of(place::Where::Host);
    place::Where const where = is_host ? place::Where::Host : place::Where::M4;
    std::vector<runner::Reply const*> const replies = replies_of(all, runs);
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < all.size(); ++i) {
        session.exit_code = std::max(session.exit_code, code_of(all[i], replies[i]));
        if (options.is_json) {
            list.push_back(json_of(all[i], replies[i], where));
        } else {
            print(i == 0 ? "" : "\n");
            show_text(all[i], replies[i], where);
        }
    }
    if (!options.is_json) {
        print(runs.console);
        return;
    }
    bool const is_list = !options.batch.empty() || all.size() != 1;
    nlohmann::ordered_json json = is_list ? nlohmann::ordered_json{{"runs", list}} : list[0];
    if (!runs.console.empty()) {
        json["console"] = runs.console;
    }
    print_json(json);
}

void run_verb(Options const& options, Session& session) {
    Settings settings;
    settings.format = input::format_wanted(options.format);
    settings.engine = options.engine == "jit" ? runner::Engine::Jit : runner::Engine::Interpreter;
    settings.bytecode =
        options.bytecode == "in-place" ? runner::Bytecode::InPlace : runner::Bytecode::Accelerated;
    settings.flags = session.compiler_flags;
    std::vector<Planned> const all = plan(wishes_of(options), settings);
    show(all, run_all(all, options), options, session);
}

}  // namespace

void add_verb(CLI::App& app, Session& session) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand("run", "Run a program, here or on a Cortex-M4 (QEMU)");
    auto* const files =
        verb->add_option("FILE", options->files, "Programs: .c, .o, images; several share a boot");
    auto* const batch = verb->add_option("--batch", options->batch,
                                         "JSON list of runs: file, context, entry, budget, grant");
    batch->excludes(files);
    verb->add_option("--on", options->where, "Where to run")
        ->check(CLI::IsMember({"host", "m4"}))
        ->capture_default_str();
    verb->add_option("--engine", options->engine, "What runs it")
        ->check(CLI::IsMember({"interpreter", "jit"}))
        ->capture_default_str();
    verb->add_option("--bytecode", options->bytecode, "Whether verified bytecode is rewritten")
        ->check(CLI::IsMember({"in-place", "accelerated"}))
        ->capture_default_str();
    verb->add_option("--context", options->shared.context,
                     "Memory that r1 points to: bytes in hex, or a file");
    verb->add_option("--entry", options->shared.entry, "Function to start at (default: the first)");
    verb->add_option("--budget", options->shared.budget,
                     fmt::format("Instructions it may execute (default: what the image asks for, "
                                 "or {})",
                                 default_budget))
        ->check(
            CLI::Range(std::int64_t{0}, std::int64_t{std::numeric_limits<std::uint32_t>::max()}));
    verb->add_option("--grant", options->shared.grants,
                     "Helpers it may call, by id or name: 1,memcpy,0x12; all; none")
        ->capture_default_str();
    verb->add_option("--format", options->format, "Format of FILE (default: detected)");
    verb->add_option("--time-limit", options->time_limit_s, "Seconds that QEMU may take")
        ->check(CLI::Range(1, max_time_limit_s))
        ->capture_default_str();
    verb->add_option("--qemu-argument", options->qemu_arguments,
                     "Further argument for QEMU; may be repeated")
        ->allow_extra_args(false);
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer(
        "Examples:\n"
        "  mbpf run sum.c --context 0102030405060708\n"
        "  mbpf run sum.mbpf --on m4 --entry total --budget 1000\n"
        "  mbpf run a.c b.c c.c --on m4 --json -- -DLIMIT=3");
    verb->callback([options, &session] {
        if (options->files.empty() && options->batch.empty()) {
            throw CLI::RequiredError("FILE");
        }
        run_verb(*options, session);
    });
}

}  // namespace mbpf::toolkit::run
