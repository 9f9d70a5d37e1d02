// SPDX-License-Identifier: MIT
#include "toolkit/verify/verify.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "mbpf/verifier/verifier.hpp"
#include "toolkit/input/grants.hpp"
#include "toolkit/input/input.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/place/place.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/verify/plan.hpp"

namespace mbpf::toolkit::verify {

namespace {

using report::Align;
using report::Ink;

struct Options {
    std::string file;
    std::string format;
    std::string entry;
    std::string grants = "all";
    std::uint32_t max_stack = verifier::Policy{}.max_stack_bytes;
    unsigned max_depth = verifier::Policy{}.max_call_depth;
    bool has_recursion = false;
    bool refuses_dead_code = false;
    bool is_json = false;
};

verifier::Policy policy_of(Options const& options) {
    verifier::Policy policy;
    policy.granted = input::parse_grants(options.grants);
    policy.max_stack_bytes = options.max_stack;
    policy.max_call_depth = std::uint8_t(options.max_depth);
    policy.recursion =
        options.has_recursion ? verifier::Recursion::Allowed : verifier::Recursion::Refused;
    return policy;
}

Failure rejection(Error const& error, input::Input const& input) {
    return {ExitCode::Rejected, explain::describe(error, input.subject())};
}

verifier::VerifiedProgram accept(input::Input const& input, Options const& options) {
    Result<verifier::VerifiedProgram> const verified = verifier::verify(
        input.program, place::helper_table(runner::Suite::Standard), policy_of(options));
    if (!verified.has_value()) {
        throw rejection(verified.error(), input);
    }
    if (options.refuses_dead_code) {
        std::vector<std::byte> scratch(verifier::scratch_bytes(input.program.text.slots()));
        Result<void> const alive = verifier::refuse_dead_code(*verified, scratch);
        if (!alive.has_value()) {
            throw rejection(alive.error(), input);
        }
    }
    return *verified;
}

void print_text(input::Input const& input, verifier::VerifiedProgram const& verified) {
    report::Palette const palette = report::Palette::of(stdout);
    report::Table table{{Align::Left, Align::Left}};
    std::string const origin =
        input.compiler ? input.compiler->text() : std::string(layout::name_of(input.format));
    table.add(
        {{"program", Ink::Dim}, {fmt::format("{} slots, {}", input.program.text.slots(), origin)}});
    add_plan(table, verified);
    add_helper_calls(table, verified.text());
    print(palette.paint(Ink::Plain, input.path) + ": " + palette.paint(Ink::Green, "accepted") +
          "\n" + table.text(palette, "  "));
}

void run_verb(Options const& options, Session const& session) {
    input::Input const input =
        input::load(options.file, {.format = input::format_wanted(options.format),
                                   .entry = options.entry,
                                   .flags = session.compiler_flags});
    verifier::VerifiedProgram const verified = accept(input, options);
    if (!options.is_json) {
        print_text(input, verified);
        return;
    }
    print_json({{"status", report::done},
                {"file", input.path},
                {"format", layout::name_of(input.format)},
                {"slots", input.program.text.slots()},
                {"plan", plan_json(verified)},
                {"helpers_called", helper_calls_json(verified.text())}});
}

}  // namespace

void add_verb(CLI::App& app, Session& session) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand("verify", "Whether a device would accept a program, and what it takes");
    verb->add_option("FILE", options->file, "Program")->required();
    verb->add_option("--grant", options->grants,
                     "Helpers it may call, by id or name: 1,memcpy,0x12; all; none")
        ->capture_default_str();
    verb->add_option("--max-stack", options->max_stack, "Bytes of stack it may use")
        ->check(
            CLI::Range(std::int64_t{0}, std::int64_t{std::numeric_limits<std::uint32_t>::max()}))
        ->capture_default_str();
    verb->add_option("--max-depth", options->max_depth,
                     "Functions that may be on the stack at once")
        ->check(CLI::Range(1u, config::max_call_depth))
        ->capture_default_str();
    verb->add_flag("--allow-recursion", options->has_recursion,
                   "Bound calls when they run instead of refusing cycles");
    verb->add_flag("--refuse-dead-code", options->refuses_dead_code,
                   "Every instruction must be reachable from an entry");
    verb->add_option("--entry", options->entry, "Function that comes first (C source and objects)");
    verb->add_option("--format", options->format, "Format of FILE (default: detected)");
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer(
        "Examples:\n"
        "  mbpf verify sum.c --grant none\n"
        "  mbpf verify sum.mbpf --grant printf,now_ms --max-stack 256");
    verb->callback([options, &session] { run_verb(*options, session); });
}

}  // namespace mbpf::toolkit::verify
