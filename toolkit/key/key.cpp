// SPDX-License-Identifier: MIT
#include "toolkit/key/key.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/input/number.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/table.hpp"

namespace mbpf::toolkit::key {

namespace {

using nlohmann::ordered_json;
using report::Align;
using report::Ink;

struct Options {
    std::string name = default_name;
    bool is_pem = false;
    bool is_json = false;
};

ordered_json entry_json(Entry const& entry) {
    return {{"name", entry.name},
            {"id", crypto::key_id(entry.key)},
            {"public_key", input::hex_text(entry.key)},
            {"file", entry.file.string()},
            {"private", entry.is_private}};
}

void print_entry(Entry const& entry, bool is_json) {
    if (is_json) {
        ordered_json json{{"status", report::done}};
        json.update(entry_json(entry));
        print_json(json);
        return;
    }
    report::Palette const palette = report::Palette::of(stdout);
    report::Table table{{Align::Left, Align::Left}};
    table.add({{"id", Ink::Dim}, {crypto::key_id(entry.key)}});
    table.add({{"public", Ink::Dim}, {input::hex_text(entry.key)}});
    if (!entry.file.empty()) {
        table.add({{"file", Ink::Dim}, {entry.file.string()}});
    }
    print(palette.paint(Ink::Bold, entry.name) + "\n" + table.text(palette, "  "));
}

void run_list(Options const& options) {
    std::vector<Entry> const entries = list();
    if (options.is_json) {
        ordered_json json{{"status", report::done}, {"keys", ordered_json::array()}};
        for (Entry const& entry : entries) {
            json["keys"].push_back(entry_json(entry));
        }
        print_json(json);
        return;
    }
    if (entries.empty()) {
        print("no key yet: `mbpf key new` makes one\n");
        return;
    }
    report::Table table{{Align::Left, Align::Left, Align::Left}};
    for (Entry const& entry : entries) {
        table.add({{entry.name, Ink::Bold},
                   {crypto::key_id(entry.key)},
                   {entry.is_private ? "" : "public only", Ink::Dim}});
    }
    print(table.text(report::Palette::of(stdout)));
}

void run_show(Options const& options) {
    port::PublicKey const key = load_public(options.name);
    if (options.is_pem) {
        print(crypto::public_pem(key));
        return;
    }
    for (Entry const& entry : list()) {
        if (entry.name == options.name) {
            return print_entry(entry, options.is_json);
        }
    }
    print_entry({options.name, {}, key, false}, options.is_json);
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb = app.add_subcommand("key", "Make and show the keys that sign images");
    verb->require_subcommand(1);
    auto const add = [&](char const* name, char const* text, auto action) {
        CLI::App* const part = verb->add_subcommand(name, text);
        part->add_flag("--json", options->is_json, "Print JSON");
        part->callback([options, action] { action(*options); });
        return part;
    };
    add("new", "Make an Ed25519 key",
        [](Options const& wanted) { print_entry(create(wanted.name), wanted.is_json); })
        ->add_option("NAME", options->name, "What it is called")
        ->capture_default_str();
    add("ls", "List the keys", run_list);
    CLI::App* const show = add("show", "Show a public key and its id", run_show);
    show->add_option("NAME", options->name, "Key, or file of one")->capture_default_str();
    show->add_flag("--pem", options->is_pem, "Print it as PEM");
    verb->footer("Example:\n  mbpf key new release && mbpf key show release --pem");
}

}  // namespace mbpf::toolkit::key
