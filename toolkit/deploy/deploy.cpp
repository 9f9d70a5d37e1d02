// SPDX-License-Identifier: MIT
#include "toolkit/deploy/deploy.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "toolkit/deploy/cache.hpp"
#include "toolkit/deploy/send.hpp"
#include "toolkit/device/device.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/device/start.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/manifest/contents.hpp"
#include "toolkit/package/package.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::deploy {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Options {
    std::string file;
    std::string name;
    std::string entry;
    std::string format;
    std::string device;
    std::string key = key::default_name;
    package::Wishes wishes;
    bool keeps_lines = false;
    bool is_watching = false;
    bool pulls = false;
    std::string pull_host;
    std::string uri;
    bool is_json = false;
};

// The name of the file, in the characters that a container's name has.
std::string container_name(Options const& options) {
    std::string name = options.name.empty() ? fs::path(options.file).stem().string() : options.name;
    if (options.name.empty()) {
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
            return char(std::isalnum(c) != 0 ? std::tolower(c) : c == '_' ? '_' : '-');
        });
        name = name.substr(std::min(name.find_first_not_of('-'), name.size()));
        name = name.substr(0, mbpf::config::max_name_bytes);
    }
    if (!container::Name::of(name).has_value()) {
        throw usage("a container's name is 1 to 23 of a-z, 0-9, - and _", name, {},
                    "choose one: --name NAME");
    }
    return name;
}

struct Built {
    input::Input input;
    layout::File image;  // What the device gets.
    std::vector<package::Hook> hooks;
    program::EngineWish engine{};
};

Built build(Options const& options, Bytes file, std::string const& name, Session const& session) {
    Built built;
    built.input = input::load(options.file, file,
                              {.format = input::format_wanted(options.format),
                               .entry = options.entry,
                               .flags = session.compiler_flags});
    input::check_entry(built.input, options.entry);
    std::fwrite(built.input.warnings.data(), 1, built.input.warnings.size(), stderr);
    package::Package const complete =
        package::pack(built.input, options.wishes, package::Lines::Kept, name);
    layout::File const with_lines = package::encode(complete, options.file);
    built.hooks = complete.hooks;
    built.engine = complete.program.rights.engine;
    built.image = options.keeps_lines
                      ? with_lines
                      : package::encode(package::pack(built.input, options.wishes,
                                                      package::Lines::Stripped, name),
                                        options.file);
    if (!options.uri.empty() && built.input.format == program::Format::Image &&
        !options.wishes.need_image()) {
        built.image = built.input.file;  // As it was put there.
    }
    remember_image(built.image, with_lines, options.file, file);
    return built;
}

std::uint32_t next_sequence(net::Client& client, std::string const& name) {
    for (remote::Container const& container : remote::containers(client)) {
        if (container.name == name) {
            return container.sequence + 1;
        }
    }
    return 1;
}

// What this PC is called where the device is. QEMU's network has a name of its own for it.
std::string own_host(Options const& options, net::Client const& client,
                     remote::DeviceInfo const& info) {
    if (!options.pull_host.empty()) {
        return options.pull_host;
    }
    if (client.endpoint().host != "127.0.0.1") {
        throw usage("--pull needs the address of this PC", {}, {},
                    "--pull-host 192.0.2.1, as the device can reach it");
    }
    return info.board == device::host_board ? "127.0.0.1" : "10.0.2.2";
}

Sent send(net::Client& client, remote::DeviceInfo const& info, sign::Installation& wanted,
          Built const& built, Options const& options, crypto::PrivateKey const& key, Steps& steps) {
    if (!options.pulls && options.uri.empty()) {
        return install(client, info, wanted, built.image, key, built.input.subject(), steps);
    }
    client.expect_pull();
    constexpr std::size_t digits = 16;
    wanted.uri = options.pulls
                     ? client.serve(own_host(options, client, info),
                                    input::hex_text(wanted.digest).substr(0, digits), built.image)
                     : options.uri;
    return install(client, info, wanted, {}, key, built.input.subject(), steps);
}

// A hook that is refused by its number is named.
Sent send_image(net::Client& client, remote::DeviceInfo const& info, sign::Installation& wanted,
                Built const& built, Options const& options, crypto::PrivateKey const& key,
                Steps& steps) {
    try {
        return send(client, info, wanted, built, options, key, steps);
    } catch (remote::Refused const& refused) {
        if (!refused.is(Fault::PathTaken) || refused.found() >= built.hooks.size()) {
            throw;
        }
        Problem problem = refused.problem();
        problem.found = package::hook_text(built.hooks[refused.found()]);
        throw Failure{refused.exit_code(), std::move(problem)};
    }
}

std::string hooks_text(std::vector<package::Hook> const& hooks) {
    std::string text;
    for (package::Hook const& hook : hooks) {
        text += (text.empty() ? "" : "; ") + package::hook_text(hook);
    }
    return text;
}

// Why what was to be compiled is not; empty if it is, or was not to be.
std::string not_compiled(net::Client& client, std::string const& name, Built const& built) {
    if (built.engine != program::EngineWish::Jit) {
        return {};
    }
    remote::Container const container = remote::find_container(client, name);
    if (container.engine_text() == "jit") {
        return {};
    }
    remote::DeviceInfo const info = remote::device_info(client);
    return info.code_bytes == 0
               ? "interpreted: the device compiles nothing"
               : fmt::format("interpreted: no room for its code, {} of {} bytes are free",
                             info.free_code_bytes, info.code_bytes);
}

ordered_json steps_json(Steps const& steps) {
    ordered_json list = ordered_json::array();
    for (Steps::Step const& step : steps.all()) {
        list.push_back({{"name", step.name}, {"took_us", step.took.count()}});
    }
    return list;
}

// Signed already, perhaps where the key is and this PC is not: it goes as it is.
void deploy_envelope(Options const& options, Bytes file) {
    explain::Subject const subject{options.file, nullptr, nullptr};
    Result<manifest::Contents> const contents = manifest::read_contents(file, {});
    if (!contents.has_value()) {
        throw Failure{ExitCode::Unusable, explain::describe(contents.error(), subject)};
    }
    if (!options.name.empty() || !options.entry.empty() || !options.uri.empty() || options.pulls ||
        options.wishes.need_image() || !options.wishes.grants.empty()) {
        throw usage("what is signed cannot be changed", options.file, "an envelope alone",
                    "sign another one: mbpf sign");
    }
    suit::Manifest const& manifest = contents->manifest;
    net::Client client = device::connect(options.device);
    if (!manifest.uri.empty()) {
        client.expect_pull();
    }
    install_signed(client, file, subject);
    std::string const name{manifest.component.name};
    if (options.is_json) {
        print_json({{"status", report::done},
                    {"device", client.name()},
                    {"file", options.file},
                    {"name", name},
                    {"sequence", manifest.sequence},
                    {"image_bytes", manifest.image_bytes},
                    {"sent_bytes", file.size()},
                    {"uri", std::string(manifest.uri)},
                    {"digest", input::hex_text(manifest.digest)}});
        return;
    }
    report::Palette const palette = report::Palette::of(stdout);
    print(fmt::format("{} #{} on {}: {} bytes\n", palette.paint(report::Ink::Green, name),
                      manifest.sequence, client.name(), manifest.image_bytes));
}

void deploy_once(Options const& options, Session const& session) {
    Steps steps;
    std::vector<std::byte> const file = system::read_file(options.file);
    if (input::is_envelope(file)) {
        return deploy_envelope(options, file);
    }
    std::string const name = container_name(options);
    crypto::PrivateKey const key = key::load(options.key);
    net::Client client = device::connect(options.device);
    remote::DeviceInfo const info = remote::device_info(client);
    sign::Installation wanted;
    wanted.name = name;
    wanted.sequence = next_sequence(client, name);
    steps.add("ask");
    Built const built = build(options, file, name, session);
    steps.add("build");
    sign::describe_image(wanted, built.image);
    Sent const sent = send_image(client, info, wanted, built, options, key, steps);
    std::string const warning = not_compiled(client, name, built);
    if (options.is_json) {
        ordered_json json{{"status", report::done},
                          {"device", client.name()},
                          {"file", options.file},
                          {"name", name},
                          {"sequence", sent.sequence},
                          {"image_bytes", built.image.size()},
                          {"sent_bytes", sent.bytes},
                          {"uri", wanted.uri},
                          {"digest", input::hex_text(wanted.digest)},
                          {"hooks", hooks_text(built.hooks)},
                          {"steps", steps_json(steps)}};
        if (std::string const warnings = built.input.warnings + warning; !warnings.empty()) {
            json["warnings"] = warnings;
        }
        print_json(json);
        return;
    }
    if (!warning.empty()) {
        fmt::print(stderr, "warning: {}\n", warning);
    }
    report::Palette const palette = report::Palette::of(stdout);
    print(fmt::format("{} #{} on {}: {} bytes, {}\n  {}\n", palette.paint(report::Ink::Green, name),
                      sent.sequence, client.name(), built.image.size(), hooks_text(built.hooks),
                      steps.text()));
}

// Whenever the file changes, until the user has enough.
void watch(Options const& options, Session const& session) {
    constexpr std::chrono::milliseconds pause{200};
    fs::file_time_type last{};
    for (bool is_first = true;; is_first = false) {
        std::error_code error;
        fs::file_time_type const now = fs::last_write_time(options.file, error);
        if (is_first || (!error && now != last)) {
            last = now;
            try {
                deploy_once(options, session);
            } catch (Failure const& failure) {
                report::print_failure(failure,
                                      options.is_json ? report::Form::Json : report::Form::Text);
            }
            std::fflush(stdout);
        }
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace

void add_verb(CLI::App& app, Session& session) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand("deploy", "Build a program, sign it and install it on a device");
    verb->add_option("FILE", options->file,
                     "Program: .c, .o, a file in another layout, or an envelope of `mbpf sign`")
        ->required();
    verb->add_option("--name", options->name, "Container that it becomes (default: after FILE)");
    verb->add_option("--key", options->key, "Key, or file of one")->capture_default_str();
    device::add_option(*verb, options->device);
    verb->add_option("--entry", options->entry, "Function that comes first");
    verb->add_option("--format", options->format, "Format of FILE (default: detected)");
    verb->add_flag("--keep-lines", options->keeps_lines,
                   "Send the line table too (default: it stays here, where reports are made)");
    CLI::Option* const pull = verb->add_flag(
        "--pull", options->pulls, "Send a manifest only; the device fetches the image from here");
    verb->add_option("--pull-host", options->pull_host,
                     "This PC as the device reaches it (default: known if it runs here)");
    verb->add_option("--uri", options->uri,
                     "The same, from coap://IPV4[:PORT]/PATH, where somebody has put it")
        ->excludes(pull);
    verb->add_flag("--watch", options->is_watching, "Deploy again whenever FILE changes");
    verb->add_flag("--json", options->is_json, "Print JSON");
    package::add_options(*verb, options->wishes);
    verb->footer(
        "Without a hook, in the source or here, it runs for requests to /c/NAME.\n"
        "Examples:\n"
        "  mbpf deploy blink.c --on-timer 500ms\n"
        "  mbpf deploy thermostat.c --watch --device m4 -- -DLIMIT=30\n"
        "  mbpf deploy blink.suit");
    verb->callback([options, &session] {
        options->is_watching ? watch(*options, session) : deploy_once(*options, session);
    });
    add_rollback_verb(app);
}

}  // namespace mbpf::toolkit::deploy
