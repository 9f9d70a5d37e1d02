// SPDX-License-Identifier: MIT
#include "toolkit/control/control.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/device/device.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/session.hpp"

namespace mbpf::toolkit::control {

namespace {

using sign::Operation;

struct Options {
    std::string name;
    std::string device;
    std::string key = key::default_name;
    bool is_json = false;
};

struct Verb {
    char const* name;
    char const* text;
    char const* done;
    Operation operation;
};
constexpr std::array verbs{
    Verb{"start", "Let a container run (again), also after too many faults", "runs",
         Operation::Start},
    Verb{"stop", "Stop a container; it stays stopped when the device restarts", "stopped",
         Operation::Stop},
    Verb{"rm", "Remove a container from a device", "removed", Operation::Remove}};

void run_verb(Options const& options, Verb const& verb) {
    crypto::PrivateKey const key = key::load(options.key);
    net::Client client = device::connect(options.device);
    std::uint32_t const sequence = remote::command(client, verb.operation, options.name, key);
    if (options.is_json) {
        print_json({{"status", report::done},
                    {"device", client.name()},
                    {"name", options.name},
                    {"sequence", sequence}});
        return;
    }
    print(fmt::format("{} #{} on {}: {}\n", options.name, sequence, client.name(), verb.done));
}

}  // namespace

void add_verbs(CLI::App& app) {
    for (Verb const& verb : verbs) {
        auto const options = std::make_shared<Options>();
        CLI::App* const part = app.add_subcommand(verb.name, verb.text);
        part->add_option("NAME", options->name, "Container")->required();
        part->add_option("--key", options->key, "Key, or file of one")->capture_default_str();
        device::add_option(*part, options->device);
        part->add_flag("--json", options->is_json, "Print JSON");
        part->callback([options, &verb] { run_verb(*options, verb); });
    }
}

}  // namespace mbpf::toolkit::control
