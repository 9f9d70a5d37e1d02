// SPDX-License-Identifier: MIT
// The protocol: the program stands on standard input as hex (raw instructions, or an object with
// --elf), the memory that r1 points to in an argument; r0 goes to standard output as hex. Any exit
// code but 0 fails the test, and standard error says why.
#include "toolkit/conformance/conformance.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/explain/describe.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/place/place.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/run/report.hpp"

namespace mbpf::toolkit::conformance {

namespace {

// The runner waits for ever: a program that loops has to end here.
constexpr Budget budget{1'000'000'000};
constexpr Budget budget_m4{50'000'000};  // Emulation is slower.
constexpr std::size_t max_hex_bytes = std::size_t{16} << 20;

struct Options {
    std::string memory;
    std::string program;  // Empty: standard input.
    std::string where = "host";
    std::string engine = "interpreter";
    std::string bytecode = "accelerated";
    bool is_elf = false;
    bool is_json = false;
};

std::string read_standard_input() {
    std::string text;
    std::string piece(std::size_t{1} << 16, '\0');
    while (std::size_t const count = std::fread(piece.data(), 1, piece.size(), stdin)) {
        text.append(piece, 0, count);
        if (text.size() > max_hex_bytes) {
            throw unusable("standard input", fmt::format("the program is longer than {} MiB of hex",
                                                         max_hex_bytes >> 20));
        }
    }
    return text;
}

std::vector<std::byte> bytes_of(std::string const& hex, char const* what) {
    if (auto const bytes = input::parse_hex(hex)) {
        return *bytes;
    }
    constexpr std::size_t shown = 40;
    std::string const first = hex.substr(0, hex.find_first_of("\r\n"));
    throw Failure{ExitCode::Unusable,
                  Problem{.kind = ProblemKind::Input,
                          .name = "Input",
                          .program = what,
                          .reason = "it is not bytes in hex",
                          .found = first.size() > shown ? first.substr(0, shown) + "..." : first,
                          .allowed = "pairs of hex digits, with blanks between pairs",
                          .suggestion = "b7 00 00 00 2a 00 00 00 95 00 00 00 00 00 00 00 is r0 = "
                                        "42; exit"}};
}

runner::Request make_request(Options const& options, Bytes program, Bytes memory) {
    runner::Request request;
    request.program = program;
    request.context = memory;
    request.format = options.is_elf ? program::Format::Elf : program::Format::Text;
    request.suite = runner::Suite::Conformance;
    request.engine = options.engine == "jit" ? runner::Engine::Jit : runner::Engine::Interpreter;
    request.bytecode =
        options.bytecode == "in-place" ? runner::Bytecode::InPlace : runner::Bytecode::Accelerated;
    request.policy.granted = machine::HelperSet::all();
    request.budget = options.where == "m4" ? budget_m4 : budget;
    return request;
}

Failure failure_of(runner::Request const& request, runner::Reply const& reply) {
    // Bare text can be shown with the report; an object is text only where it was linked.
    Result<program::Program> const opened = program::open_text(request.program);
    bool const is_known = request.format == program::Format::Text && opened.has_value();
    explain::Subject const subject{"program", is_known ? &opened.value() : nullptr, nullptr};
    return {run::exit_code_of(reply.status), reply.status == runner::Status::Trapped
                                                 ? explain::describe_trap(request, reply, subject)
                                                 : explain::describe(reply.error, subject)};
}

void run_verb(Options const& options) {
    std::string const hex = options.program.empty() ? read_standard_input() : options.program;
    std::vector<std::byte> const program = bytes_of(hex, "program");
    std::vector<std::byte> const memory = bytes_of(options.memory, "memory");
    runner::Request const request = make_request(options, program, memory);
    place::Runs const runs = options.where == "m4" ? place::run_on_m4({&request, 1}, {})
                                                   : place::run_on_host({&request, 1});
    runner::Reply const& reply = runs.runs.at(0).reply;
    if (reply.status != runner::Status::Ran) {
        throw failure_of(request, reply);
    }
    std::string const result = fmt::format("{:x}", reply.outcome.result);
    if (options.is_json) {
        print_json({{"status", report::status_of(ExitCode::Done)},
                    {"result", reply.outcome.result},
                    {"result_hex", "0x" + result},
                    {"instructions", reply.outcome.instructions}});
    } else {
        print(result + "\n");
    }
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand(verb_name, "Plugin for the runner of the public suite bpf_conformance");
    verb->add_option("MEMORY", options->memory, "Memory that r1 points to, in hex (default: none)");
    verb->add_option("--program", options->program,
                     "Program in hex (default: read from standard input)");
    verb->add_flag("--elf", options->is_elf, "The program is an ELF object, not instructions");
    verb->add_option("--on", options->where, "Where to run")
        ->check(CLI::IsMember({"host", "m4"}))
        ->capture_default_str();
    verb->add_option("--engine", options->engine, "What runs it")
        ->check(CLI::IsMember({"interpreter", "jit"}))
        ->capture_default_str();
    verb->add_option("--bytecode", options->bytecode, "Whether verified bytecode is rewritten")
        ->check(CLI::IsMember({"in-place", "accelerated"}))
        ->capture_default_str();
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer(
        "Examples:\n"
        "  bpf_conformance_runner --test_file_directory tests --plugin_path build/mbpf \\\n"
        "      --plugin_options \"conformance-plugin --bytecode in-place\"\n"
        "  echo b7000000 2a000000 95000000 00000000 | mbpf conformance-plugin");
    verb->callback([options] { run_verb(*options); });
}

}  // namespace mbpf::toolkit::conformance
