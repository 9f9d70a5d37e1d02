// SPDX-License-Identifier: MIT
#include "toolkit/size/size.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/native/board.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/table.hpp"
#include "toolkit/verify/check.hpp"
#include "toolkit/verify/plan.hpp"

namespace mbpf::toolkit::size {

namespace {

using nlohmann::ordered_json;
using report::Align;
using report::Ink;
using report::Table;

struct Options {
    std::vector<std::string> files;
    std::string where = "device";
    bool is_json = false;
};

struct Sizes {
    run::Job job;
    machine::StackPlan plan;
    std::uint32_t memory_bytes{};
    native::Code code;
    std::optional<native::OnBoard> board;

    [[nodiscard]] program::Program const& program() const { return job.input.program; }
    [[nodiscard]] std::size_t text_bytes() const { return program().text.bytes().size(); }
    // Of the form that a device takes: an object is linked there, all else stays as it is.
    [[nodiscard]] std::size_t image_bytes() const {
        return job.input.compiler || job.input.is_linked() ? job.input.runnable.size()
                                                           : job.input.file.size();
    }
    [[nodiscard]] bool is_as_on_board() const { return board && board->code == code.bytes; }
};

machine::StackPlan plan_of(run::Job const& job) {
    Result<verifier::VerifiedProgram> const verified = verify::check(job.input.program);
    if (!verified.has_value()) {
        throw Failure{ExitCode::Rejected, explain::describe(verified.error(), job.input.subject())};
    }
    return verified->plan();
}

Sizes measure(std::string const& file, bool asks_board, Session const& session) {
    run::Wish wish;
    wish.file = file;
    run::Settings settings;
    settings.flags = session.compiler_flags;
    Sizes sizes{.job = run::make_job(wish, settings), .plan = {}, .code = {}, .board = {}};
    sizes.plan = plan_of(sizes.job);
    sizes.memory_bytes = machine::memory_bytes(sizes.program(), sizes.plan);
    if (asks_board) {
        sizes.board = native::ask_board(sizes.job);
    }
    sizes.code = native::compile(
        sizes.job.input, sizes.board ? sizes.board->placement : native::typical_placement());
    return sizes;
}

std::string parts_text(native::Code const& code) {
    std::vector<std::uint32_t> const bytes = native::bytes_by_part(code);
    std::string text;
    for (std::uint32_t i = 0; i < native::part_count; ++i) {
        if (bytes[i] != 0) {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", native::name_of(jit::Part(i)),
                                bytes[i]);
        }
    }
    return text;
}

std::string text_of(Sizes const& sizes, report::Palette const& palette) {
    Table table{{Align::Left, Align::Right, Align::Left}};
    auto const add = [&table](char const* name, std::size_t bytes, std::string note) {
        table.add({{name, Ink::Dim}, {fmt::format("{}", bytes)}, {std::move(note), Ink::Dim}});
    };
    program::Program const& program = sizes.program();
    add("image", sizes.image_bytes(),
        fmt::format("text {}, rodata {}, data {}", sizes.text_bytes(), program.rodata.size(),
                    program.data.size()));
    add("memory", sizes.memory_bytes,
        verify::memory_text(sizes.plan, sizes.memory_bytes, program.writable_bytes()));
    add("code", sizes.code.bytes.size(), parts_text(sizes.code));
    add("workspace", sizes.code.scratch_bytes, "while it is compiled");
    std::string text =
        fmt::format("{}: {:.2f} bytes of code for 1 of bytecode\n", sizes.job.wish.file,
                    double(sizes.code.bytes.size()) / double(sizes.text_bytes())) +
        table.text(palette, "  ");
    if (sizes.board) {
        text += sizes.is_as_on_board()
                    ? "  the board makes the same code, byte by byte\n"
                    : fmt::format("  the board makes other code, of {} bytes: this is a bug\n",
                                  sizes.board->code.size());
    }
    return text;
}

ordered_json json_of(Sizes const& sizes) {
    program::Program const& program = sizes.program();
    std::vector<std::uint32_t> const bytes = native::bytes_by_part(sizes.code);
    ordered_json parts;
    for (std::uint32_t i = 0; i < native::part_count; ++i) {
        parts[std::string(native::name_of(jit::Part(i)))] = bytes[i];
    }
    ordered_json json{{"status", report::done},
                      {"file", sizes.job.wish.file},
                      {"image_bytes", sizes.image_bytes()},
                      {"slots", program.text.slots()},
                      {"text_bytes", sizes.text_bytes()},
                      {"rodata_bytes", program.rodata.size()},
                      {"data_bytes", program.data.size()},
                      {"stack_bytes", sizes.plan.stack_bytes()},
                      {"memory_bytes", sizes.memory_bytes},
                      {"code_bytes", sizes.code.bytes.size()},
                      {"code_parts", parts},
                      {"workspace_bytes", sizes.code.scratch_bytes},
                      {"context_bytes_expected", sizes.code.needs.bytes}};
    if (sizes.board) {
        json["board"] = {{"code_bytes", sizes.board->code.size()},
                         {"same_code", sizes.is_as_on_board()}};
    }
    return json;
}

// A program that is refused is reported in its place; the others are measured all the same.
void run_verb(Options const& options, Session& session) {
    ordered_json list = ordered_json::array();
    for (std::string const& file : options.files) {
        try {
            Sizes const sizes = measure(file, options.where == "m4", session);
            if (options.is_json) {
                list.push_back(json_of(sizes));
            } else {
                print(text_of(sizes, report::Palette::of(stdout)));
            }
        } catch (Failure const& failure) {
            session.exit_code = std::max(session.exit_code, failure.exit_code());
            if (options.is_json) {
                list.push_back(report::failure_json(failure));
                list.back()["file"] = file;
            } else {
                std::fflush(stdout);
                report::print_failure(failure, report::Form::Text);
            }
        }
    }
    if (options.is_json) {
        print_json(list.size() == 1 ? list[0] : ordered_json{{"programs", list}});
    }
}

}  // namespace

void add_verb(CLI::App& app, Session& session) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand("size", "Show what a program takes on a device, before it is there");
    verb->add_option("FILE", options->files, "Programs, in any of the five formats")->required();
    verb->add_option("--on", options->where,
                     "Where: a typical device, or the emulated Cortex-M4, which is asked")
        ->check(CLI::IsMember({"device", "m4"}))
        ->capture_default_str();
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer("Example:\n  mbpf size sum.c thermostat.mbpf");
    verb->callback([options, &session] { run_verb(*options, session); });
}

}  // namespace mbpf::toolkit::size
