// SPDX-License-Identifier: MIT
#include "toolkit/manifest/manifest.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/crypto/uuid.hpp"
#include "toolkit/explain/describe.hpp"
#include "toolkit/input/input.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/manifest/contents.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/table.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::manifest {

namespace {

using nlohmann::ordered_json;
using report::Align;
using report::Ink;

struct Options {
    std::string file;
    std::vector<std::string> keys;
    bool is_json = false;
};

struct KnownKeys {
    std::vector<std::string> names;
    std::vector<port::PublicKey> keys;
};

KnownKeys known_keys(Options const& options) {
    KnownKeys known;
    for (std::string const& name : options.keys) {
        known.names.push_back(name);
        known.keys.push_back(key::load_public(name));
    }
    if (options.keys.empty()) {
        for (key::Entry const& entry : key::list()) {
            known.names.push_back(entry.name);
            known.keys.push_back(entry.key);
        }
    }
    return known;
}

char const* profile_name(suit::Profile profile) {
    return profile == suit::Profile::Riot ? "riot" : "ietf";
}

std::string component_text(suit::Component const& component) {
    bool const is_container = component.kind == suit::Component::Kind::Container;
    return fmt::format("{} {}", is_container ? "container" : "slot", component.name);
}

std::string payload_text(Contents const& contents) {
    if (contents.head.payload_bytes == 0) {
        return contents.manifest.uri.empty() ? "none: the image that ran before comes back"
                                             : fmt::format("at {}", contents.manifest.uri);
    }
    return fmt::format(
        "{} bytes, {}", contents.head.payload_bytes,
        contents.is_payload_whole ? "with that digest" : "which are not all there or not those");
}

void print_text(Contents const& contents, Options const& options, KnownKeys const& known) {
    report::Palette const palette = report::Palette::of(stdout);
    report::Table table{{Align::Left, Align::Left}};
    auto const add = [&table](char const* name, std::string const& value) {
        table.add({{name, Ink::Dim}, {value}});
    };
    add("profile", profile_name(contents.head.profile));
    add("for", component_text(contents.manifest.component));
    add("sequence", std::to_string(contents.manifest.sequence));
    add("vendor", crypto::uuid_text(contents.recipient.vendor));
    add("class", crypto::uuid_text(contents.recipient.device_class));
    if (contents.is_for_one_device) {
        add("device", crypto::uuid_text(contents.recipient.device));
    }
    add("image", fmt::format("{} bytes, SHA-256 {}", contents.manifest.image_bytes,
                             input::hex_text(contents.manifest.digest)));
    add("payload", payload_text(contents));
    std::string const id = input::hex_text(contents.head.signature.key_id);
    add("key id", id.empty() ? "not named" : id);
    if (contents.signer) {
        table.add({{"signed by", Ink::Dim}, {known.names[*contents.signer], Ink::Green}});
    } else {
        table.add({{"signed by", Ink::Dim},
                   {"none of the keys here: the signature could not be checked", Ink::Yellow}});
    }
    print(fmt::format("{}: envelope with a head of {} bytes\n",
                      palette.paint(Ink::Bold, options.file), contents.head.payload_offset) +
          table.text(palette, "  "));
}

void print_object(Contents const& contents, Options const& options, KnownKeys const& known) {
    suit::Manifest const& manifest = contents.manifest;
    bool const is_container = manifest.component.kind == suit::Component::Kind::Container;
    ordered_json json{{"status", report::done},
                      {"file", options.file},
                      {"profile", profile_name(contents.head.profile)},
                      {"component", is_container ? "container" : "slot"},
                      {"name", std::string(manifest.component.name)},
                      {"sequence", manifest.sequence},
                      {"vendor", crypto::uuid_text(contents.recipient.vendor)},
                      {"class", crypto::uuid_text(contents.recipient.device_class)}};
    if (contents.is_for_one_device) {
        json["device"] = crypto::uuid_text(contents.recipient.device);
    }
    json["image_bytes"] = manifest.image_bytes;
    json["digest"] = input::hex_text(manifest.digest);
    json["uri"] = std::string(manifest.uri);
    json["head_bytes"] = contents.head.payload_offset;
    json["payload_bytes"] = contents.head.payload_bytes;
    json["payload_matches"] = contents.is_payload_whole;
    json["key_id"] = input::hex_text(contents.head.signature.key_id);
    if (contents.signer) {
        json["signed_by"] = known.names[*contents.signer];
    }
    print_json(json);
}

void run_show(Options const& options) {
    std::vector<std::byte> const file = system::read_file(options.file);
    if (!input::is_envelope(file)) {
        throw unusable(options.file, "this is no signed envelope",
                       "`mbpf inspect` shows a program, `mbpf sign` makes an envelope of an image");
    }
    KnownKeys const known = known_keys(options);
    Result<Contents> const contents = read_contents(file, known.keys);
    if (!contents.has_value()) {
        throw Failure{ExitCode::Unusable, explain::describe(contents.error(), {options.file})};
    }
    if (options.is_json) {
        print_object(*contents, options, known);
    } else {
        print_text(*contents, options, known);
    }
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb = app.add_subcommand("manifest", "Show what a signed envelope says");
    verb->require_subcommand(1);
    CLI::App* const show = verb->add_subcommand("show", "Show it, and whose signature it has");
    show->add_option("FILE", options->file, "Envelope, as `mbpf sign` writes it")->required();
    show->add_option("--key", options->keys, "Keys that may have signed (default: all here)")
        ->allow_extra_args(false);
    show->add_flag("--json", options->is_json, "Print JSON");
    show->callback([options] { run_show(*options); });
    verb->footer("Example:\n  mbpf manifest show blink.suit --json");
}

}  // namespace mbpf::toolkit::manifest
