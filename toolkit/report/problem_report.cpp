// SPDX-License-Identifier: MIT
#include "toolkit/report/problem_report.hpp"

#include <fmt/format.h>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "toolkit/report/table.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::report {

namespace {

std::string_view kind_name(ProblemKind kind) {
    switch (kind) {
        case ProblemKind::Fault: return "fault";
        case ProblemKind::Trap: return "trap";
        case ProblemKind::Input: return "input";
        case ProblemKind::Tool: return "tool";
        case ProblemKind::Place: return "place";
    }
    return "";
}

// As compilers show where something is:
//    --> prog.c:12, in read_secret
//     |  return *secret;
std::string source_text(source::Line const& line, Palette const& palette) {
    std::string text = fmt::format("   {} {}:{}{}\n", palette.paint(Ink::Blue, "-->"),
                                   palette.paint(Ink::Plain, line.file), line.number,
                                   line.function.empty() ? "" : ", in " + line.function);
    if (!line.text.empty()) {
        text += fmt::format("    {}  {}\n", palette.paint(Ink::Blue, "|"),
                            palette.paint(Ink::Bold, line.text));
    }
    return text;
}

std::string indented(std::string const& text) {
    std::string all;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const end = std::min(text.find('\n', at), text.size());
        all += "    " + text.substr(at, end - at) + "\n";
        at = end + 1;
    }
    return all;
}

}  // namespace

std::string_view status_of(ExitCode code) {
    switch (code) {
        case ExitCode::Done: return "ran";
        case ExitCode::Trapped: return "trapped";
        case ExitCode::Rejected: return "rejected";
        case ExitCode::Unusable: return "unusable";
        case ExitCode::Unavailable: return "unavailable";
        case ExitCode::Refused: return "refused";
        case ExitCode::Usage: return "usage";
    }
    return "";
}

std::string problem_text(Problem const& problem, ExitCode code, Palette const& palette) {
    std::string text = palette.paint(Ink::Red, status_of(code)) + ": ";
    text += problem.program.empty() ? "" : palette.paint(Ink::Plain, problem.program) + ": ";
    text += palette.paint(Ink::Bold, problem.reason) + "\n";
    if (problem.line) {
        text += source_text(*problem.line, palette);
    }
    Table table{{Align::Left, Align::Left}};
    auto const add = [&table](std::string const& name, std::string const& value) {
        if (!value.empty()) {
            table.add({{name, Ink::Dim}, {value}});
        }
    };
    if (problem.slot) {
        add(fmt::format("slot {}", *problem.slot), problem.instruction);
    }
    if (problem.byte) {
        add("at", fmt::format("byte {} (0x{:x})", *problem.byte, *problem.byte));
    }
    add("found", problem.found);
    add("allowed", problem.allowed);
    add("suggestion", problem.suggestion);
    return text + table.text(palette, "    ") +
           indented(palette.paint(Ink::Plain, problem.details));
}

nlohmann::ordered_json problem_json(Problem const& problem) {
    nlohmann::ordered_json json;
    json["kind"] = kind_name(problem.kind);
    json["name"] = problem.name;
    auto const add = [&json](char const* key, std::string const& value) {
        if (!value.empty()) {
            json[key] = value;
        }
    };
    if (problem.code != 0) {
        json["code"] = problem.code;
    }
    add("program", problem.program);
    if (problem.slot) {
        json["slot"] = *problem.slot;
    }
    if (problem.byte) {
        json["byte"] = *problem.byte;
    }
    if (problem.line) {
        json["file"] = problem.line->file;
        json["line"] = problem.line->number;
        add("function", problem.line->function);
        add("source", problem.line->text);
    }
    add("instruction", problem.instruction);
    json["reason"] = problem.reason;
    add("found", problem.found);
    add("allowed", problem.allowed);
    add("suggestion", problem.suggestion);
    add("details", problem.details);
    return json;
}

nlohmann::ordered_json failure_json(Failure const& failure) {
    return {{"status", status_of(failure.exit_code())},
            {"report", problem_json(failure.problem())}};
}

void print_failure(Failure const& failure, Form form) {
    if (form == Form::Json) {
        print_json(failure_json(failure));
        return;
    }
    std::string const text =
        problem_text(failure.problem(), failure.exit_code(), Palette::of(stderr));
    std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace mbpf::toolkit::report
