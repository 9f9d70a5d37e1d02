// SPDX-License-Identifier: MIT
// What `mbpf device` asks and tells a device that runs.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "device/device.hpp"
#include "toolkit/crypto/uuid.hpp"
#include "toolkit/device/device.hpp"
#include "toolkit/device/policy.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/table.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::device {

namespace {

using nlohmann::ordered_json;
using report::Align;
using report::Ink;

struct Options {
    std::string device;
    std::string file;
    std::string key = key::default_name;
    std::string sensor;
    std::string value;
    bool is_json = false;
};

void print_done(net::Client const& client, std::string const& what, bool is_json) {
    if (is_json) {
        print_json({{"status", report::done}, {"device", client.name()}});
    } else {
        print(fmt::format("{}: {}\n", client.name(), what));
    }
}

std::string signers_text(remote::DeviceInfo const& info) {
    std::string text;
    for (std::string const& id : info.signers) {
        text += (text.empty() ? "" : ", ") + key::name_of_id(id);
    }
    return text;
}

ordered_json info_json(net::Client const& client, remote::DeviceInfo const& info) {
    return {{"status", report::done},
            {"device", client.name()},
            {"address", client.endpoint().text()},
            {"board", info.board},
            {"version", info.version},
            {"uptime_us", info.uptime_us},
            {"vendor", crypto::uuid_text(info.identity.vendor)},
            {"class", crypto::uuid_text(info.identity.device_class)},
            {"device_id", crypto::uuid_text(info.identity.device)},
            {"memory_bytes", info.memory_bytes},
            {"free_memory_bytes", info.free_memory_bytes},
            {"code_bytes", info.code_bytes},
            {"free_code_bytes", info.free_code_bytes},
            {"slots", info.slots},
            {"slot_bytes", info.slot_bytes},
            {"free_slots", info.free_slots},
            {"signers", info.signers},
            {"policy_sequence", info.policy_sequence},
            {"log_end", info.log_end},
            {"stack_bytes", info.stack_bytes},
            {"used_stack_bytes", info.used_stack_bytes}};
}

void run_info(Options const& options) {
    net::Client client = connect(options.device);
    remote::DeviceInfo const info = remote::device_info(client);
    if (options.is_json) {
        print_json(info_json(client, info));
        return;
    }
    constexpr std::uint64_t us_per_second = 1'000'000;
    report::Palette const palette = report::Palette::of(stdout);
    report::Table table{{Align::Left, Align::Left}};
    auto const add = [&table](char const* name, std::string const& value) {
        table.add({{name, Ink::Dim}, {value}});
    };
    add("board", fmt::format("{}, version {}", info.board, info.version));
    add("up", fmt::format("{} s", info.uptime_us / us_per_second));
    add("memory", fmt::format("{} of {} bytes free", info.free_memory_bytes, info.memory_bytes));
    add("code", fmt::format("{} of {} bytes free", info.free_code_bytes, info.code_bytes));
    add("slots",
        fmt::format("{} of {} free, {} bytes each", info.free_slots, info.slots, info.slot_bytes));
    add("signers", fmt::format("{} (policy #{})", signers_text(info), info.policy_sequence));
    add("vendor", crypto::uuid_text(info.identity.vendor));
    add("class", crypto::uuid_text(info.identity.device_class));
    add("id", crypto::uuid_text(info.identity.device));
    print(
        fmt::format("{}: {}\n", palette.paint(Ink::Bold, client.name()), client.endpoint().text()) +
        table.text(palette, "  "));
}

void run_ping(Options const& options) {
    using std::chrono::microseconds;
    net::Client client = connect(options.device);
    auto const start = std::chrono::steady_clock::now();
    remote::DeviceInfo const info = remote::device_info(client);
    auto const took =
        std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - start);
    if (options.is_json) {
        print_json({{"status", report::done},
                    {"device", client.name()},
                    {"address", client.endpoint().text()},
                    {"took_us", took.count()}});
        return;
    }
    print(fmt::format("{} at {}: board {}, {:.1f} ms\n", client.name(), client.endpoint().text(),
                      info.board, double(took.count()) / 1000));
}

void run_show_policy(Options const& options) {
    net::Client client = connect(options.device);
    net::Response const response = client.request({.path = "mbpf/policy"});
    remote::check(client, response);
    constexpr std::size_t sequence_bytes = sizeof(std::uint32_t);
    Bytes const bytes = response.payload;
    Result<container::Policy> const policy =
        container::Policy::read(bytes.subspan(std::min(sequence_bytes, bytes.size())));
    if (!policy.has_value()) {
        throw Failure{ExitCode::Unavailable, explain::describe(policy.error(), {client.name()})};
    }
    ordered_json json = policy_json(*policy);
    if (options.is_json) {
        ordered_json all{{"status", report::done},
                         {"device", client.name()},
                         {"sequence", load<std::uint32_t>(bytes, 0)}};
        all.update(json);
        json = std::move(all);
    }
    print_json(json);
}

void run_set_policy(Options const& options) {
    std::vector<std::byte> const file = system::read_file(options.file);
    std::vector<std::byte> const policy = parse_policy(as_text(file), options.file);
    crypto::PrivateKey const key = key::load(options.key);
    net::Client client = connect(options.device);
    remote::DeviceInfo const info = remote::device_info(client);
    std::uint32_t const sequence = info.policy_sequence + 1;
    std::vector<std::byte> const message =
        sign::write_command(sign::Operation::SetPolicy, {}, sequence, policy, info.identity, key);
    remote::check(
        client,
        client.request({.method = net::Method::Post, .path = "mbpf/command", .payload = message}));
    print_done(client, fmt::format("policy #{}", sequence), options.is_json);
}

void run_set(Options const& options) {
    net::Client client = connect(options.device);
    remote::check(client, client.request({.method = net::Method::Put,
                                          .path = "sim/" + options.sensor,
                                          .payload = as_bytes(std::string_view(options.value))}));
    print_done(client, fmt::format("{} is {}", options.sensor, options.value), options.is_json);
}

// What a simulated board has.
std::string sensors_text() {
    std::string names;
    for (std::uint32_t i = 0; i < mbpf::device::Sensors::count; ++i) {
        names += std::string{mbpf::device::Sensors::name(i)} + ", ";
    }
    return names + "or a pin, such as pin0.3";
}

}  // namespace

void add_question_verbs(CLI::App& verb) {
    auto const options = std::make_shared<Options>();
    auto const add = [&](CLI::App& to, char const* name, char const* text, auto action) {
        CLI::App* const part = to.add_subcommand(name, text);
        add_option(*part, options->device);
        part->add_flag("--json", options->is_json, "Print JSON");
        part->callback([options, action] { action(*options); });
        return part;
    };
    add(verb, "info", "Show what a device is and has left", run_info);
    add(verb, "ping", "Ask whether a device is there", run_ping);
    CLI::App* const set = add(verb, "set", "Set what a simulated sensor measures", run_set);
    set->add_option("SENSOR", options->sensor, sensors_text())->required();
    set->add_option("VALUE", options->value, "Number, such as 23.5")->required();
    CLI::App* const policy = verb.add_subcommand("policy", "Show or set who may install what");
    policy->require_subcommand(1);
    add(*policy, "show", "Print it as JSON", run_show_policy);
    CLI::App* const change = add(*policy, "set", "Replace it", run_set_policy);
    change->add_option("FILE", options->file, "JSON, as show prints it")->required();
    change->add_option("--key", options->key, "Key of an administrator")->capture_default_str();
}

}  // namespace mbpf::toolkit::device
