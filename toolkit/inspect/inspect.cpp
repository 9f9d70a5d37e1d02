// SPDX-License-Identifier: MIT
#include "toolkit/inspect/inspect.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/explain/helper_names.hpp"
#include "toolkit/input/input.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/maps/contents.hpp"
#include "toolkit/package/keys.hpp"
#include "toolkit/package/package.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/verify/check.hpp"
#include "toolkit/verify/plan.hpp"

namespace mbpf::toolkit::inspect {

namespace {

using nlohmann::ordered_json;
using report::Align;
using report::Ink;
using report::Table;

constexpr std::uint32_t max_shown = 12;  // Rows of a kind; the JSON form has all.

struct Options {
    std::string file;
    std::string format;
    std::string entry;
    bool is_json = false;
};

std::string budget_text(program::Rights const& rights) {
    std::uint32_t const run = rights.run_budget_instructions;
    std::uint32_t const second = rights.second_budget_instructions;
    std::string const a_run = run == 0 ? "" : fmt::format("{} instructions a run", run);
    std::string const a_second = second == 0 ? "" : fmt::format("{} a second", second);
    if (run == 0 && second == 0) {
        return "left to the device";
    }
    return a_run + (run != 0 && second != 0 ? ", " : "") + a_second;
}

// Adds rows for `count` things, as far as they are few; `text` says what stands in row i.
template <class Text>
void add_list(Table& table, std::string name, std::uint32_t count, Text text) {
    for (std::uint32_t i = 0; i < count && i < max_shown; ++i) {
        table.add({{name, Ink::Dim}, {text(i)}});
        name.clear();
    }
    if (count > max_shown) {
        table.add({{""}, {fmt::format("... and {} more: --json shows all", count - max_shown)}});
    }
}

void add_sections(Table& table, input::Input const& input) {
    program::Program const& program = input.program;
    table.add(
        {{"text", Ink::Dim},
         {fmt::format("{} bytes, {} slots", program.text.bytes().size(), program.text.slots())}});
    auto const add = [&table](char const* name, std::size_t bytes) {
        if (bytes != 0) {
            table.add({{name, Ink::Dim}, {fmt::format("{} bytes", bytes)}});
        }
    };
    add("rodata", program.rodata.size());
    add("data", program.data.size());
    add("bss", program.bss_bytes);
}

void add_entries(Table& table, program::Entries const& entries) {
    add_list(table, "entries", entries.size(), [&](std::uint32_t i) {
        program::Entry const entry = entries.at(i);
        return fmt::format("{} at slot {}", entry.name.empty() ? "(unnamed)" : entry.name,
                           entry.pc.slot);
    });
}

void add_rights(Table& table, program::Rights const& rights) {
    if (!rights.present) {
        table.add({{"rights", Ink::Dim}, {"the format has none: it asks for every helper"}});
        return;
    }
    std::string helpers;
    for (std::uint32_t i = 0; i < rights.helper_count(); ++i) {
        helpers += (i == 0 ? "" : ", ") + explain::helper_text(rights.helper(i));
    }
    table.add({{"asks for", Ink::Dim}, {helpers.empty() ? "no helper" : helpers}});
    table.add({{"budget", Ink::Dim}, {budget_text(rights)}});
    if (rights.engine != program::EngineWish::Auto) {
        table.add({{"engine", Ink::Dim}, {std::string(package::name_of(rights.engine))}});
    }
    if (rights.restart != program::RestartWish::Limited) {
        table.add({{"restart", Ink::Dim}, {std::string(package::name_of(rights.restart))}});
    }
}

void add_maps(Table& table, input::Input const& input) {
    program::Program const& program = input.program;
    add_list(table, "maps", program.map_count, [&](std::uint32_t i) {
        return fmt::format("{}: {}", maps::name_of(input.map_names, i),
                           maps::text_of(program.maps()[i]));
    });
}

void add_relocations(Table& table, program::Program const& program) {
    add_list(table, "pointers", program.data_relocation_count(), [&](std::uint32_t i) {
        program::DataRelocation const relocation = program.data_relocation(i);
        return fmt::format("data + {} points into {}", relocation.offset,
                           relocation.to_rodata ? "rodata" : "data");
    });
}

// As `mbpf build` would write them into an image.
std::vector<package::Hook> hooks_of(input::Input const& input) {
    if (input.is_linked()) {
        return package::section_hooks(input);
    }
    Result<container::Hooks> const hooks = container::Hooks::read(input.program);
    return hooks.has_value() ? package::hooks_of(*hooks) : std::vector<package::Hook>{};
}

void add_hooks(Table& table, input::Input const& input) {
    if (Result<container::Hooks> const read = container::Hooks::read(input.program);
        !read.has_value()) {
        Problem const problem = explain::describe(read.error(), input.subject());
        table.add({{"hooks", Ink::Red}, {problem.reason + ": " + problem.found}});
    }
    std::vector<package::Hook> const hooks = hooks_of(input);
    add_list(table, "hooks", std::uint32_t(hooks.size()), [&](std::uint32_t i) {
        std::string const name = package::entry_name(input, hooks[i].entry);
        return fmt::format("{}: {}", package::hook_text(hooks[i]),
                           name.empty() ? fmt::format("entry {}", hooks[i].entry) : name + "()");
    });
}

std::span<program::KeyRange const> keys_of(program::Program const& program) {
    return records<program::KeyRange>(program.keys);
}

void add_keys(Table& table, program::Program const& program) {
    std::span<program::KeyRange const> const ranges = keys_of(program);
    add_list(table, "keys", std::uint32_t(ranges.size()),
             [&](std::uint32_t i) { return package::keys_text(ranges[i]); });
}

std::string lines_text(input::Input const& input) {
    std::string const where =
        input.is_linked() ? "debug information"
                          : fmt::format("line table of {} bytes", input.program.lines.size());
    if (input.map.rows.empty()) {
        return input.program.lines.empty() ? "none: reports name slots only"
                                           : where + ", which this version cannot read";
    }
    std::string files;
    for (std::string const& file : input.map.files) {
        files += (files.empty() ? "" : ", ") + file;
    }
    return fmt::format("{}: {} rows of {}", where, input.map.rows.size(), files);
}

void add_verification(Table& table, input::Input const& input) {
    Result<verifier::VerifiedProgram> const verified = verify::check(input.program);
    if (verified.has_value()) {
        verify::add_plan(table, *verified);
        return;
    }
    table.add({{"refused", Ink::Red}, {verify::short_text(verified.error(), input)}});
    table.add({{""}, {fmt::format("`mbpf verify {}` says more", input.path)}});
}

void print_text(input::Input const& input) {
    report::Palette const palette = report::Palette::of(stdout);
    Table table{{Align::Left, Align::Left}};
    if (input.compiler) {
        table.add({{"compiler", Ink::Dim}, {input.compiler->text()}});
    }
    if (input.is_linked()) {
        table.add(
            {{"linked", Ink::Dim}, {fmt::format("{} bytes as an image", input.runnable.size())}});
    }
    add_sections(table, input);
    add_entries(table, input.program.entries);
    add_hooks(table, input);
    add_rights(table, input.program.rights);
    add_keys(table, input.program);
    add_maps(table, input);
    verify::add_helper_calls(table, input.program.text);
    add_relocations(table, input.program);
    table.add({{"lines", Ink::Dim}, {lines_text(input)}});
    add_verification(table, input);
    print(fmt::format("{}: {}, {} bytes\n", palette.paint(Ink::Bold, input.path),
                      layout::name_of(input.format), input.file.size()) +
          table.text(palette, "  "));
}

ordered_json sections_json(program::Program const& program) {
    return {{"text", program.text.bytes().size()},
            {"rodata", program.rodata.size()},
            {"data", program.data.size()},
            {"bss", program.bss_bytes},
            {"data_relocations", program.data_relocations.size()},
            {"lines", program.lines.size()}};
}

ordered_json entries_json(program::Entries const& entries) {
    ordered_json list = ordered_json::array();
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        program::Entry const entry = entries.at(i);
        list.push_back({{"name", std::string(entry.name)}, {"slot", entry.pc.slot}});
    }
    return list;
}

ordered_json rights_json(program::Rights const& rights) {
    if (!rights.present) {
        return nullptr;
    }
    ordered_json helpers = ordered_json::array();
    for (std::uint32_t i = 0; i < rights.helper_count(); ++i) {
        helpers.push_back(verify::helper_json(rights.helper(i)));
    }
    return {{"helpers", helpers},
            {"run_budget_instructions", rights.run_budget_instructions},
            {"second_budget_instructions", rights.second_budget_instructions},
            {"map_bytes", rights.map_bytes},
            {"engine", package::name_of(rights.engine)},
            {"restart", package::name_of(rights.restart)}};
}

ordered_json hooks_json(input::Input const& input) {
    ordered_json list = ordered_json::array();
    for (package::Hook const& hook : hooks_of(input)) {
        ordered_json json{{"kind", package::name_of(hook.kind)},
                          {"order", hook.order},
                          {"entry", hook.entry},
                          {"function", package::entry_name(input, hook.entry)}};
        if (container::has_path(hook.kind)) {
            json["path"] = hook.path;
        } else if (hook.kind == container::HookKind::Period) {
            json["period_ms"] = hook.number;
        } else if (hook.kind == container::HookKind::Event) {
            json["event"] = hook.number;
        }
        list.push_back(std::move(json));
    }
    return list;
}

ordered_json keys_json(program::Program const& program) {
    ordered_json list = ordered_json::array();
    for (program::KeyRange const range : keys_of(program)) {
        list.push_back(package::keys_text(range));
    }
    return list;
}

ordered_json relocations_json(program::Program const& program) {
    ordered_json list = ordered_json::array();
    for (std::uint32_t i = 0; i < program.data_relocation_count(); ++i) {
        program::DataRelocation const relocation = program.data_relocation(i);
        list.push_back(
            {{"offset", relocation.offset}, {"section", relocation.to_rodata ? "rodata" : "data"}});
    }
    return list;
}

ordered_json map_json(source::SourceMap const& map) {
    if (map.rows.empty()) {
        return nullptr;
    }
    return {{"rows", map.rows.size()}, {"files", map.files}};
}

ordered_json functions_json(source::SourceMap const& map) {
    ordered_json list = ordered_json::array();
    for (source::Function const& function : map.functions) {
        list.push_back({{"name", function.name}, {"slot", function.slot}});
    }
    return list;
}

ordered_json json_of(input::Input const& input) {
    program::Program const& program = input.program;
    ordered_json json{{"status", report::done},
                      {"file", input.path},
                      {"format", layout::name_of(input.format)},
                      {"file_bytes", input.file.size()}};
    if (input.compiler) {
        json["compiler"] = input.compiler->text();
    }
    if (input.is_linked()) {
        json["image_bytes"] = input.runnable.size();
    }
    json["slots"] = program.text.slots();
    json["sections"] = sections_json(program);
    json["entries"] = entries_json(program.entries);
    json["functions"] = functions_json(input.map);
    json["hooks"] = hooks_json(input);
    json["rights"] = rights_json(program.rights);
    json["keys"] = keys_json(program);
    json["maps"] = maps::declarations_json(program, input.map_names);
    json["helpers_called"] = verify::helper_calls_json(program.text);
    json["data_relocations"] = relocations_json(program);
    json["lines"] = map_json(input.map);
    Result<verifier::VerifiedProgram> const verified = verify::check(input.program);
    json["verified"] = verified.has_value();
    if (verified.has_value()) {
        json["plan"] = verify::plan_json(*verified);
    } else {
        json["report"] = report::problem_json(explain::describe(verified.error(), input.subject()));
    }
    return json;
}

void run_verb(Options const& options, Session const& session) {
    input::Input const input =
        input::load(options.file, {.format = input::format_wanted(options.format),
                                   .entry = options.entry,
                                   .flags = session.compiler_flags});
    if (options.is_json) {
        print_json(json_of(input));
    } else {
        print_text(input);
    }
}

}  // namespace

void add_verb(CLI::App& app, Session& session) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand("inspect", "Show what a program holds, asks for and needs");
    verb->add_option("FILE", options->file, "Program, in any of the five formats")->required();
    verb->add_option("--entry", options->entry, "Function that comes first (C source and objects)");
    verb->add_option("--format", options->format, "Format of FILE (default: detected)");
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer("Example:\n  mbpf inspect sum.mbpf --json");
    verb->callback([options, &session] { run_verb(*options, session); });
}

}  // namespace mbpf::toolkit::inspect
