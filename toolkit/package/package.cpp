// SPDX-License-Identifier: MIT
#include "toolkit/package/package.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <limits>
#include <set>

#include "toolkit/explain/sentences.hpp"
#include "toolkit/input/grants.hpp"
#include "toolkit/isa/helper_calls.hpp"
#include "toolkit/layout/append.hpp"
#include "toolkit/package/keys.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/source/line_table.hpp"

namespace mbpf::toolkit::package {

namespace {

using container::HookKind;
using program::EngineWish;
using program::RestartWish;

// Helpers that --grant lists instead of those that the program calls.
void set_helpers(Package& package, machine::HelperSet const& granted) {
    for (std::uint32_t id = 0; id <= config::max_helper_id; ++id) {
        if (granted.contains(HelperId{id})) {
            layout::append(package.helper_ids, std::uint16_t(id));
        }
    }
    program::Rights& rights = package.program.rights;
    rights.helper_ids = package.helper_ids;
    rights.id_width = program::Rights::IdWidth::Half;
    rights.present = true;
}

// A program that calls what it does not ask for would be refused by every device.
void check_calls(program::Program const& program, input::Input const& input) {
    for (helper_calls::HelperCall const call : helper_calls::find_calls(program.text)) {
        if (!program.rights.requests_helper(call.id)) {
            Error const error{Fault::HelperNotGranted, call.pc.slot, call.id.number, 0};
            throw Failure{ExitCode::Rejected,
                          explain::describe(error, {input.path, &program, &input.map})};
        }
    }
}

EngineWish engine_named(std::string const& name) {
    for (EngineWish const wish : {EngineWish::Auto, EngineWish::Interpreter, EngineWish::Jit}) {
        if (name_of(wish) == name) {
            return wish;
        }
    }
    throw usage("there is no such engine", name, "auto, interpreter, jit");
}

RestartWish restart_named(std::string const& name) {
    for (RestartWish const wish : {RestartWish::Limited, RestartWish::Never, RestartWish::Always}) {
        if (name_of(wish) == name) {
            return wish;
        }
    }
    throw usage("there is no such way to restart", name, "limited, never, always");
}

void set_rights(Package& package, input::Input const& input, Wishes const& wishes) {
    if (!wishes.grants.empty() && wishes.grants != "all") {
        set_helpers(package, input::parse_grants(wishes.grants));
        check_calls(package.program, input);
    }
    program::Rights& rights = package.program.rights;
    rights.engine = wishes.engine.empty() ? rights.engine : engine_named(wishes.engine);
    rights.restart = wishes.restart.empty() ? rights.restart : restart_named(wishes.restart);
    if (wishes.run_budget != 0) {
        rights.run_budget_instructions = wishes.run_budget;
    }
    if (wishes.second_budget != 0) {
        rights.second_budget_instructions = wishes.second_budget;
    }
}

void set_keys(Package& package, Wishes const& wishes) {
    if (wishes.keys.empty()) {
        return;
    }
    std::optional<std::vector<program::KeyRange>> const ranges = parse_keys(wishes.keys);
    if (!ranges) {
        throw usage("--keys makes no sense", wishes.keys,
                    "keys or ranges of them with r, w or rw: 0-9:rw,16:r; or all");
    }
    for (program::KeyRange const& range : *ranges) {
        layout::append(package.key_section, range);
    }
    package.program.keys = package.key_section;
}

std::uint16_t entry_named(input::Input const& input, std::string const& name) {
    std::string names;
    for (std::uint32_t i = 0; i < input.program.entries.size(); ++i) {
        std::string const entry = entry_name(input, i);
        if (entry == name) {
            return std::uint16_t(i);
        }
        names += (names.empty() ? "" : ", ") + entry;
    }
    throw usage("the program has no such entry", name, names);
}

// "500ms" for the first entry, "NAME=500ms" for another.
Hook wished_hook(input::Input const& input, HookKind kind, std::string const& option,
                 std::string const& text) {
    std::size_t const equals = text.find('=');
    bool const has_name = equals != std::string::npos;
    Parsed const parsed = parse_hook(kind, has_name ? text.substr(equals + 1) : text);
    if (auto const* const reason = std::get_if<std::string>(&parsed)) {
        throw usage(fmt::format("{}: {}", option, *reason), text, "");
    }
    Hook hook = std::get<Hook>(parsed);
    hook.entry = has_name ? entry_named(input, text.substr(0, equals)) : std::uint16_t{0};
    return hook;
}

void add_wished_hooks(std::vector<Hook>& hooks, input::Input const& input, Wishes const& wishes) {
    auto const add = [&](HookKind kind, char const* option, std::vector<std::string> const& texts) {
        for (std::string const& text : texts) {
            hooks.push_back(wished_hook(input, kind, option, text));
        }
    };
    if (wishes.is_on_boot) {
        hooks.push_back({.kind = HookKind::Boot});
    }
    add(HookKind::Period, "--on-timer", wishes.timers);
    add(HookKind::Request, "--on-request", wishes.requests);
    add(HookKind::CoapPacket, "--on-packet", wishes.packets);
    add(HookKind::Event, "--on-event", wishes.events);
}

// Only the first hook of a path would ever run.
void check_paths(std::vector<Hook> const& hooks, input::Input const& input) {
    std::set<std::string> paths;
    for (Hook const& hook : hooks) {
        if (container::has_path(hook.kind) && !paths.insert(hook.path).second) {
            Problem problem = unusable(input.path, "two hooks of the program have one path",
                                       "give each a path of its own")
                                  .problem();
            problem.found = hook_text(hook);
            throw Failure{ExitCode::Unusable, std::move(problem)};
        }
    }
}

std::vector<Hook> all_hooks(input::Input const& input, Wishes const& wishes,
                            std::string const& default_path) {
    Result<container::Hooks> const own = container::Hooks::read(input.program);
    if (!own.has_value()) {
        throw Failure{ExitCode::Unusable, explain::describe(own.error(), input.subject())};
    }
    std::vector<Hook> hooks = hooks_of(*own);
    std::vector<Hook> const named = section_hooks(input);
    hooks.insert(hooks.end(), named.begin(), named.end());
    add_wished_hooks(hooks, input, wishes);
    if (hooks.empty() && !default_path.empty()) {
        hooks.push_back({.kind = HookKind::Request, .path = default_path});
    }
    check_paths(hooks, input);
    if (hooks.size() > config::max_hooks) {
        Problem problem = unusable(input.path, "the program has too many hooks").problem();
        problem.found = fmt::format("{} hooks", hooks.size());
        problem.allowed = fmt::format("{} hooks", config::max_hooks);
        throw Failure{ExitCode::Unusable, std::move(problem)};
    }
    return hooks;
}

}  // namespace

Package pack(input::Input const& input, Wishes const& wishes, Lines lines,
             std::string const& default_path) {
    Package package;
    package.program = input.program;
    set_rights(package, input, wishes);
    set_keys(package, wishes);
    package.hooks = all_hooks(input, wishes, default_path);
    package.hook_section = encode_hooks(package.hooks);
    package.program.hooks = package.hook_section;
    if (lines == Lines::Stripped) {
        package.program.lines = {};
    } else {
        package.map_names = input.map_names;
        package.lines = input.map.rows.empty() ? package.lines : source::encode_lines(input.map);
    }
    return package;
}

layout::File encode(Package const& package, std::string const& path) {
    layout::Encoded encoded = layout::encode_image(
        package.program, {.lines = package.lines, .map_names = package.map_names});
    if (auto const* const refusal = std::get_if<layout::Refusal>(&encoded)) {
        throw Failure{ExitCode::Unusable,
                      Problem{.kind = ProblemKind::Fault,
                              .name = std::string(explain::sentence_of(refusal->fault).name),
                              .code = unsigned(refusal->fault),
                              .program = path,
                              .reason = "an image cannot hold this program",
                              .found = refusal->reason}};
    }
    return std::get<layout::File>(std::move(encoded));
}

std::string_view name_of(EngineWish wish) {
    switch (wish) {
        case EngineWish::Auto: return "auto";
        case EngineWish::Interpreter: return "interpreter";
        case EngineWish::Jit: return "jit";
    }
    return "unknown";
}

std::string_view name_of(RestartWish wish) {
    switch (wish) {
        case RestartWish::Limited: return "limited";
        case RestartWish::Never: return "never";
        case RestartWish::Always: return "always";
    }
    return "unknown";
}

void add_options(CLI::App& verb, Wishes& wishes) {
    verb.add_option("--grant", wishes.grants,
                    "Helpers that the image asks for, by id or name: 1,memcpy,0x12; none "
                    "(default: those it calls)");
    std::string const group = "What the image asks of a device";
    verb.add_flag("--on-boot", wishes.is_on_boot, "Run when the device or the container starts")
        ->group(group);
    auto const add = [&](char const* name, std::vector<std::string>& values, char const* text) {
        verb.add_option(name, values, text)->allow_extra_args(false)->group(group);
    };
    add("--on-timer", wishes.timers, "Run every 500ms, 2s; NAME=500ms: that entry, not the first");
    add("--on-request", wishes.requests, "Run for CoAP requests to /c/PATH (or NAME=PATH)");
    add("--on-packet", wishes.packets,
        "The same with the context of Femto-Containers (or NAME=PATH)");
    add("--on-event", wishes.events, "Run when the firmware raises event N (or NAME=N)");
    // 0 would be what the device gives on its own.
    CLI::Range const any_budget{1u, std::numeric_limits<std::uint32_t>::max()};
    verb.add_option("--engine", wishes.engine, "auto, interpreter or jit")
        ->check(CLI::IsMember({"auto", "interpreter", "jit"}))
        ->group(group);
    verb.add_option("--restart", wishes.restart,
                    "After a fault: limited (pause longer each time, 10 in a row at most), never "
                    "or always")
        ->check(CLI::IsMember({"limited", "never", "always"}))
        ->group(group);
    verb.add_option("--budget", wishes.run_budget, "Instructions per run, at most")
        ->check(any_budget)
        ->group(group);
    verb.add_option("--budget-per-second", wishes.second_budget, "Instructions per second, at most")
        ->check(any_budget)
        ->group(group);
    verb.add_option("--keys", wishes.keys,
                    "Keys of the global store: 0-9:rw,16:rwk (k: kept without power), "
                    "of its own that are kept: 0-3:own; all")
        ->group(group);
}

}  // namespace mbpf::toolkit::package
