// SPDX-License-Identifier: MIT
#include "toolkit/run/report.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "toolkit/explain/describe.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/maps/contents.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/table.hpp"
#include "toolkit/report/terminal.hpp"
#include "toolkit/verify/plan.hpp"

namespace mbpf::toolkit::run {

namespace {

using report::Align;
using report::Ink;

constexpr std::size_t row_bytes = 16;
constexpr std::size_t max_rows = 16;  // Of changed context; the JSON form has it all.

// A run of bytes that the program changed.
struct Change {
    std::size_t offset{};
    Bytes before;
    Bytes after;
};

std::vector<Change> changes_of(Bytes before, Bytes after) {
    std::vector<Change> changes;
    std::size_t const size = std::min(before.size(), after.size());
    std::size_t at = 0;
    while (at < size) {
        if (before[at] == after[at]) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < size && before[end] != after[end]) {
            ++end;
        }
        changes.push_back({at, before.subspan(at, end - at), after.subspan(at, end - at)});
        at = end;
    }
    return changes;
}

std::size_t changed_bytes(std::vector<Change> const& changes) {
    std::size_t total = 0;
    for (Change const& change : changes) {
        total += change.before.size();
    }
    return total;
}

constexpr std::string_view name_of(runner::Engine engine) {
    return engine == runner::Engine::Jit ? "jit" : "interpreter";
}

std::string spaced(Bytes bytes) {
    std::string text;
    for (std::byte const byte : bytes) {
        text += fmt::format("{}{:02x}", text.empty() ? "" : " ", unsigned(byte));
    }
    return text;
}

// "42", with the signed reading where C code may have meant it.
std::string result_text(std::uint64_t result) {
    bool const is_word = result <= 0xffff'ffff;
    std::int64_t const as_signed =
        is_word ? std::int64_t(std::int32_t(std::uint32_t(result))) : std::int64_t(result);
    std::string const also = as_signed < 0 ? fmt::format(", {} signed", as_signed) : "";
    return result < 10 ? fmt::format("{}{}", result, also)
                       : fmt::format("{} (0x{:x}{})", result, result, also);
}

void add_context(report::Table& table, Bytes before, Bytes after) {
    std::vector<Change> const changes = changes_of(before, after);
    if (changes.empty()) {
        table.add({{"context", Ink::Dim}, {fmt::format("{} bytes, unchanged", before.size())}});
        return;
    }
    table.add({{"context", Ink::Dim},
               {fmt::format("{} of {} bytes changed", changed_bytes(changes), before.size())}});
    std::size_t rows = 0;
    for (Change const& change : changes) {
        for (std::size_t at = 0; at < change.before.size(); at += row_bytes) {
            if (++rows > max_rows) {
                table.add({{""}, {"... and more: --json shows all"}});
                return;
            }
            std::size_t const size = std::min(row_bytes, change.before.size() - at);
            table.add({{""},
                       {fmt::format("{:04x}: {} -> {}", change.offset + at,
                                    spaced(change.before.subspan(at, size)),
                                    spaced(change.after.subspan(at, size)))}});
        }
    }
}

}  // namespace

ExitCode exit_code_of(runner::Status status) {
    switch (status) {
        case runner::Status::Ran: return ExitCode::Done;
        case runner::Status::Trapped: return ExitCode::Trapped;
        case runner::Status::Rejected: return ExitCode::Rejected;
        case runner::Status::Unusable: return ExitCode::Unusable;
    }
    return ExitCode::Unusable;
}

std::optional<Problem> problem_of(Job const& job, runner::Reply const& reply) {
    switch (reply.status) {
        case runner::Status::Ran: return {};
        case runner::Status::Trapped:
            return explain::describe_trap(job.request(), reply, job.input.subject());
        case runner::Status::Rejected:
        case runner::Status::Unusable: return explain::describe(reply.error, job.input.subject());
    }
    return {};
}

std::string run_text(Job const& job, runner::Reply const& reply, place::Where where,
                     report::Palette const& palette) {
    std::string text = report::printed(reply.output, stdout);
    if (!text.empty() && text.back() != '\n') {
        text += "\n";
    }
    if (std::optional<Problem> const problem = problem_of(job, reply)) {
        return text + report::problem_text(*problem, exit_code_of(reply.status), palette);
    }
    text += fmt::format("{} on {}: {}\n", palette.paint(Ink::Plain, job.input.path),
                        place::name_of(where),
                        palette.paint(Ink::Green, result_text(reply.outcome.result)));
    report::Table table{{Align::Left, Align::Left}};
    if (job.settings.engine != runner::Engine::Interpreter) {
        table.add({{"engine", Ink::Dim}, {std::string(name_of(job.settings.engine))}});
    }
    table.add({{"instructions", Ink::Dim},
               {fmt::format("{} of {}", reply.outcome.instructions, job.budget.instructions)}});
    table.add({{"memory", Ink::Dim},
               {verify::memory_text(reply.plan, reply.memory_bytes,
                                    job.input.program.writable_bytes())}});
    if (!job.context.empty()) {
        add_context(table, job.context, reply.context);
    }
    maps::add_contents(table, job.input.program, job.input.map_names, reply.maps);
    return text + table.text(palette, "  ");
}

nlohmann::ordered_json run_json(Job const& job, runner::Reply const& reply, place::Where where) {
    nlohmann::ordered_json json;
    runner::Request const request = job.request();
    bool const was_started =
        reply.status == runner::Status::Ran || reply.status == runner::Status::Trapped;
    json["status"] = report::status_of(exit_code_of(reply.status));
    json["file"] = job.input.path;
    json["place"] = place::name_of(where);
    json["engine"] = name_of(request.engine);
    json["bytecode"] =
        request.bytecode == runner::Bytecode::Accelerated ? "accelerated" : "in-place";
    if (job.input.compiler) {
        json["compiler"] = job.input.compiler->text();
    }
    if (!job.input.warnings.empty()) {
        json["warnings"] = job.input.warnings;
    }
    if (reply.status == runner::Status::Ran) {
        json["result"] = reply.outcome.result;
        json["result_hex"] = fmt::format("0x{:x}", reply.outcome.result);
    }
    if (was_started) {
        json["instructions"] = reply.outcome.instructions;
        json["budget"] = request.budget.instructions;
        json["output"] = std::string(reply.output);
        json["context"] = input::hex_text(reply.context);
        json["context_changes"] = nlohmann::ordered_json::array();
        for (Change const& change : changes_of(job.context, reply.context)) {
            json["context_changes"].push_back({{"offset", change.offset},
                                               {"before", input::hex_text(change.before)},
                                               {"after", input::hex_text(change.after)}});
        }
        if (job.input.program.map_count != 0) {
            json["maps"] = maps::contents_json(job.input.program, job.input.map_names, reply.maps);
        }
        json["memory_bytes"] = reply.memory_bytes;
        json["stack_bytes"] = reply.plan.stack_bytes();
        json["call_depth"] = reply.plan.depth;
        json["text_slots"] = reply.text_slots;
    }
    json["image_bytes"] = request.program.size();
    if (std::optional<Problem> const problem = problem_of(job, reply)) {
        json["report"] = report::problem_json(*problem);
    }
    return json;
}

}  // namespace mbpf::toolkit::run
