// SPDX-License-Identifier: MIT
#include "toolkit/device/device.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/crypto/uuid.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/device/start.hpp"
#include "toolkit/home/home.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/table.hpp"

namespace mbpf::toolkit::device {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using report::Align;
using report::Ink;

struct Options {
    std::string name;
    bool is_host = false;
    std::string board;
    std::string flash;
    bool is_json = false;
};

void check_name(std::string const& name) {
    if (!container::Name::of(name).has_value()) {
        throw usage("a device's name is 1 to 23 of a-z, 0-9, - and _", name);
    }
}

// The key that may do everything on new devices.
port::PublicKey default_key(bool is_json) {
    std::vector<key::Entry> const keys = key::list();
    for (key::Entry const& entry : keys) {
        if (entry.name == key::default_name && entry.is_private) {
            return entry.key;
        }
    }
    key::Entry const made = key::create(key::default_name);
    if (!is_json) {
        print(fmt::format("made the key {}: {}\n", made.name, made.file.string()));
    }
    return made.key;
}

// What is wanted now must not differ from what is there.
void check_known(Device const& known, std::string const& board, std::string const& flash) {
    if (!board.empty() && board != known.board) {
        throw usage(fmt::format("the device {} has another board", known.name), board, known.board,
                    fmt::format("choose another name, or `mbpf device rm {}` first", known.name));
    }
    std::error_code error;
    if (known.is_running() && !flash.empty() && !fs::equivalent(flash, known.flash, error)) {
        throw usage(fmt::format("the device {} runs, with another flash", known.name), flash,
                    known.flash.string(), fmt::format("`mbpf device stop {}` first", known.name));
    }
}

// As it was started before, or a new one.
Device device_of(Registry& registry, Options const& options) {
    std::string const wanted = options.is_host ? host_board : options.board;
    std::string const board = wanted.empty() ? default_board : wanted;
    std::string const name = options.name.empty() ? board : options.name;
    check_name(name);
    Device device;
    if (Device const* const known = registry.find(name)) {
        check_known(*known, wanted, options.flash);
        device = *known;
        if (known->is_running()) {
            return device;
        }
    } else {
        device.name = name;
        device.board = board;
        device.id = input::hex_text(crypto::random_uuid());
    }
    if (!options.flash.empty()) {
        device.flash = fs::absolute(options.flash);
    } else if (device.flash.empty()) {
        device.flash = home::folder("devices") / (name + ".flash");
    }
    return device;
}

// Two that write one flash would destroy it.
void check_flash(Registry const& registry, Device const& wanted) {
    for (Device const& device : registry.devices) {
        std::error_code error;
        if (device.is_running() && fs::equivalent(device.flash, wanted.flash, error)) {
            throw unusable(
                wanted.flash.string(),
                fmt::format("the device {}, which runs, has this flash", device.name),
                fmt::format("name another file, or stop it: `mbpf device stop {}`", device.name));
        }
    }
}

// Of another home, whose list is not known here.
system::FileLock lock_flash(fs::path const& path) {
    std::error_code error;
    if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
        throw unusable(path.string(), "a flash is a file", "name another file: --flash FILE");
    }
    system::FileLock lock{path};
    if (!lock.is_held()) {
        throw unusable(path.string(), "a device that runs has this flash",
                       "stop it where it was started, perhaps with another MBPF_HOME; or name "
                       "another file: --flash FILE");
    }
    return lock;
}

void remember(Registry& registry, Device const& device) {
    if (Device* const known = registry.find(device.name)) {
        *known = device;
    } else {
        registry.devices.push_back(device);
    }
    save_registry(registry);
}

void print_started(Device const& device, bool was_running, Options const& options) {
    if (options.is_json) {
        print_json({{"status", report::done},
                    {"name", device.name},
                    {"board", device.board},
                    {"address", device.endpoint().text()},
                    {"process", device.process},
                    {"flash", device.flash.string()},
                    {"was_running", was_running}});
        return;
    }
    report::Palette const palette = report::Palette::of(stdout);
    print(fmt::format("{} {}, board {}, at {}\n", palette.paint(Ink::Green, device.name),
                      was_running ? "runs already" : "runs", device.board,
                      device.endpoint().text()));
}

// If it does not start, all is again as it was.
void start_anew(Registry& registry, Device& device, bool is_json) {
    system::FileLock const flash = lock_flash(device.flash);
    std::error_code error;
    bool const is_new = fs::file_size(device.flash, error) == 0 && !error;
    Registry const before = registry;
    bool is_listed = false;
    try {
        if (is_new) {
            write_flash(device.flash, default_key(is_json));
        }
        start(device, flash);
        registry.current = device.name;
        remember(registry, device);  // Whoever interrupts what follows finds it in the list.
        is_listed = true;
        wait_until_it_answers(device);
    } catch (...) {
        stop(device);
        if (flash.has_created()) {
            fs::remove(device.flash, error);
        } else if (is_new) {
            fs::resize_file(device.flash, 0, error);
        }
        if (is_listed) {
            save_registry(before);
        }
        throw;
    }
}

void run_start(Options const& options) {
    system::FileLock const lock = lock_registry();
    Registry registry = load_registry();
    Device device = device_of(registry, options);
    bool const was_running = device.is_running();
    if (was_running) {
        registry.current = device.name;
        save_registry(registry);
    } else {
        check_flash(registry, device);
        start_anew(registry, device, options.is_json);
    }
    print_started(device, was_running, options);
}

Device& find(Registry& registry, std::string const& name) {
    std::string const wanted = name.empty() ? registry.current : name;
    Device* const found = registry.find(wanted);
    if (found == nullptr) {
        throw unusable(wanted, "no device of that name was started here",
                       "`mbpf device ls` lists them");
    }
    return *found;
}

void print_done(std::string const& name, char const* what, bool is_json) {
    if (is_json) {
        print_json({{"status", report::done}, {"name", name}});
    } else {
        print(fmt::format("{}: {}\n", name, what));
    }
}

void run_stop(Options const& options) {
    system::FileLock const lock = lock_registry();
    Registry registry = load_registry();
    Device& device = find(registry, options.name);
    bool const was_running = device.is_running();
    stop(device);
    save_registry(registry);
    print_done(device.name, was_running ? "stopped" : "did not run", options.is_json);
}

void run_remove(Options const& options) {
    system::FileLock const lock = lock_registry();
    Registry registry = load_registry();
    Device& device = find(registry, options.name);
    stop(device);
    std::error_code ignored;
    fs::remove(device.log(), ignored);
    // A flash that lies elsewhere is the user's.
    if (device.flash.parent_path() == home::folder("devices")) {
        fs::remove(device.flash, ignored);
    }
    std::string const name = device.name;
    std::erase_if(registry.devices, [&](Device const& each) { return each.name == name; });
    registry.current = registry.current == name ? "" : registry.current;
    save_registry(registry);
    print_done(name, "removed", options.is_json);
}

void run_use(Options const& options) {
    system::FileLock const lock = lock_registry();
    Registry registry = load_registry();
    bool const is_address = address_in(options.name).has_value();
    registry.current = is_address ? options.name : find(registry, options.name).name;
    save_registry(registry);
    print_done(registry.current, "is the current device", options.is_json);
}

void run_list(Options const& options) {
    Registry const registry = load_registry();
    ordered_json json{{"status", report::done},
                      {"current", registry.current},
                      {"devices", ordered_json::array()}};
    report::Table table{
        {Align::Left, Align::Left, Align::Left, Align::Left, Align::Left, Align::Left}};
    bool is_listed = registry.current.empty();
    for (Device const& device : registry.devices) {
        bool const is_current = device.name == registry.current;
        bool const runs = device.is_running();
        is_listed = is_listed || is_current;
        json["devices"].push_back({{"name", device.name},
                                   {"board", device.board},
                                   {"running", runs},
                                   {"address", device.endpoint().text()},
                                   {"flash", device.flash.string()}});
        table.add({{is_current ? "*" : ""},
                   {device.name, Ink::Bold},
                   {runs ? "runs" : "stopped", runs ? Ink::Green : Ink::Dim},
                   {device.board},
                   {runs ? device.endpoint().text() : ""}});
    }
    if (!is_listed) {
        table.add({{"*"}, {registry.current, Ink::Bold}});
    }
    if (options.is_json) {
        print_json(json);
    } else if (registry.devices.empty() && is_listed) {
        print("no device yet: `mbpf device start` starts one\n");
    } else {
        print(table.text(report::Palette::of(stdout)));
    }
}

}  // namespace

void add_life_verbs(CLI::App& verb) {
    auto const options = std::make_shared<Options>();
    auto const add = [&](char const* name, char const* text, auto action) {
        CLI::App* const part = verb.add_subcommand(name, text);
        part->add_flag("--json", options->is_json, "Print JSON");
        part->callback([options, action] { action(*options); });
        return part;
    };
    CLI::App* const start = add("start", "Start a device here, or start it again", run_start);
    start->add_option("NAME", options->name, "What it is called (default: after its board)");
    CLI::Option* const host = start->add_flag("--host", options->is_host,
                                              "A process of this PC instead of a board in QEMU");
    start
        ->add_option("--board", options->board,
                     fmt::format("Board that QEMU emulates (default: {})", default_board))
        ->check(CLI::IsMember({default_board}))
        ->excludes(host);
    start->add_option("--flash", options->flash, "File of its flash; made if it is not there");
    add("stop", "Stop a device that was started here; it keeps its flash", run_stop)
        ->add_option("NAME", options->name, "Device (default: the current one)");
    add("rm", "Stop a device and forget it, with its flash", run_remove)
        ->add_option("NAME", options->name, "Device")
        ->required();
    add("ls", "List the devices", run_list);
    add("use", "Choose the current device", run_use)
        ->add_option("NAME", options->name, "Device, or coap://HOST:PORT")
        ->required();
}

void add_verb(CLI::App& app, Session&) {
    CLI::App* const verb =
        app.add_subcommand("device", "Start, choose, question and set up devices");
    verb->require_subcommand(1);
    add_life_verbs(*verb);
    add_question_verbs(*verb);
    verb->footer(
        "Examples:\n"
        "  mbpf device start m4 && mbpf device info\n"
        "  mbpf device use coap://[fe80::1%eth0]:5683\n"
        "  mbpf device set temp 23.5");
}

void add_option(CLI::App& verb, std::string& device) {
    verb.add_option("--device", device,
                    "Device by name or as coap://HOST:PORT (default: the current one)");
}

}  // namespace mbpf::toolkit::device
