// SPDX-License-Identifier: MIT
#include "toolkit/ps/ps.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/device/device.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/explain/sentences.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/ps/map.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/table.hpp"

namespace mbpf::toolkit::ps {

namespace {

using nlohmann::ordered_json;
using remote::Container;
using report::Align;
using report::Ink;

struct Options {
    std::string device;
    bool has_map = false;
    bool is_json = false;
};

ordered_json hooks_json(Container const& container) {
    ordered_json list = ordered_json::array();
    for (package::Hook const& hook : container.hooks) {
        ordered_json json{
            {"kind", package::name_of(hook.kind)}, {"order", hook.order}, {"entry", hook.entry}};
        if (container::has_path(hook.kind)) {
            json["path"] = hook.path;
        } else {
            json["argument"] = hook.number;
        }
        list.push_back(std::move(json));
    }
    return list;
}

ordered_json container_json(Container const& container) {
    ordered_json json{{"name", container.name},
                      {"sequence", container.sequence},
                      {"state", container.state_text()},
                      {"engine", container.engine_text()},
                      {"runs", container.runs},
                      {"faults", container.faults},
                      {"skipped", container.skipped},
                      {"instructions", container.instructions},
                      {"busy_us", container.busy_us},
                      {"latest_us", container.latest_us},
                      {"image_bytes", container.image_bytes},
                      {"memory_bytes", container.memory_bytes},
                      {"memory_at", container.memory_at},
                      {"code_bytes", container.code_bytes},
                      {"code_at", container.code_at},
                      {"slot", container.slot},
                      {"digest", container.digest},
                      {"signer", container.signer},
                      {"instructions_per_run", container.run_budget},
                      {"instructions_per_second", container.second_budget},
                      {"hooks", hooks_json(container)}};
    if (!container.previous_digest.empty()) {
        json["previous_digest"] = container.previous_digest;
    }
    if (container.fault) {
        json["last_trap"] = explain::sentence_of(machine::Trap(container.fault->trap)).name;
    }
    if (container.refusal) {
        json["refusal"] = explain::sentence_of(*container.refusal).name;
    }
    return json;
}

Ink ink_of(Container const& container) {
    constexpr std::array inks{Ink::Green, Ink::Dim, Ink::Yellow, Ink::Red, Ink::Red};
    return container.state < inks.size() ? inks[container.state] : Ink::Plain;
}

std::string hooks_text(Container const& container) {
    std::string text;
    for (package::Hook const& hook : container.hooks) {
        text += (text.empty() ? "" : "; ") + package::hook_text(hook);
    }
    return text;
}

// Of one run, on average.
std::string mean(std::uint64_t total, std::uint64_t runs) {
    return runs == 0 ? "" : std::to_string(total / runs);
}

void print_table(std::vector<Container> const& containers, report::Palette const& palette) {
    report::Table table{{Align::Left, Align::Right, Align::Left, Align::Left, Align::Right,
                         Align::Right, Align::Right, Align::Right, Align::Right, Align::Left,
                         Align::Left}};
    std::vector<report::Cell> head;
    for (char const* const title : {"NAME", "#", "STATE", "ENGINE", "RUNS", "FAULTS", "INSN/RUN",
                                    "US/RUN", "BYTES", "SIGNER", "RUNS ON"}) {
        head.push_back({title, Ink::Dim});
    }
    table.add(std::move(head));
    for (Container const& each : containers) {
        std::string const why = each.refusal
                                    ? fmt::format(" ({})", explain::sentence_of(*each.refusal).name)
                                    : std::string();
        table.add({{each.name, Ink::Bold},
                   {std::to_string(each.sequence)},
                   {each.state_text() + why, ink_of(each)},
                   {each.engine_text()},
                   {std::to_string(each.runs)},
                   {std::to_string(each.faults), each.faults == 0 ? Ink::Plain : Ink::Red},
                   {mean(each.instructions, each.runs)},
                   {mean(each.busy_us, each.runs)},
                   {std::to_string(each.image_bytes)},
                   {key::name_of_id(each.signer)},
                   {hooks_text(each)}});
    }
    print(table.text(palette));
}

// Of the RAM of the device; the pools of the network are the platform's.
constexpr std::string_view network_part = "network";

std::uint64_t sum_of(std::vector<remote::DeviceInfo::RamPart> const& ram) {
    std::uint64_t bytes = 0;
    for (remote::DeviceInfo::RamPart const& part : ram) {
        bytes += part.name == network_part ? 0 : part.bytes;
    }
    return bytes;
}

std::string ram_text(std::vector<remote::DeviceInfo::RamPart> const& ram,
                     report::Palette const& palette) {
    if (ram.empty()) {
        return {};
    }
    report::Table table{{Align::Left, Align::Right, Align::Right}};
    for (remote::DeviceInfo::RamPart const& part : ram) {
        table.add(
            {{part.name},
             {fmt::format("{} bytes", part.bytes)},
             {part.used_bytes == part.bytes ? std::string()
                                            : fmt::format("{} used at most", part.used_bytes)}});
    }
    return fmt::format("RAM: {} bytes without the network\n", sum_of(ram)) +
           table.text(palette, "  ");
}

ordered_json ram_json(std::vector<remote::DeviceInfo::RamPart> const& ram) {
    ordered_json list = ordered_json::array();
    for (remote::DeviceInfo::RamPart const& part : ram) {
        list.push_back(
            {{"name", part.name}, {"bytes", part.bytes}, {"used_bytes", part.used_bytes}});
    }
    return {{"bytes_without_network", sum_of(ram)}, {"parts", std::move(list)}};
}

void print_map(net::Client& client, std::vector<Container> const& containers,
               report::Palette const& palette) {
    remote::DeviceInfo const info = remote::device_info(client);
    std::vector<Share> memory;
    std::vector<Share> code;
    std::vector<Share> slots;
    for (Container const& each : containers) {
        memory.push_back({each.name, each.memory_at, each.memory_bytes});
        code.push_back({each.name, each.code_at, each.code_bytes});
        slots.push_back({each.name, each.slot * info.slot_bytes, each.image_bytes});
        if (each.previous_slot) {
            slots.push_back(
                {each.name + ", before", *each.previous_slot * info.slot_bytes, info.slot_bytes});
        }
    }
    print("\n" + map_text("memory", info.memory_bytes, std::move(memory), palette) +
          map_text("compiled code", info.code_bytes, std::move(code), palette) +
          map_text("slots in flash", info.slots * info.slot_bytes, std::move(slots), palette) +
          ram_text(info.ram, palette));
}

void run_verb(Options const& options) {
    net::Client client = device::connect(options.device);
    std::vector<Container> const containers = remote::containers(client);
    if (options.is_json) {
        ordered_json json{{"status", report::done},
                          {"device", client.name()},
                          {"containers", ordered_json::array()}};
        for (Container const& each : containers) {
            json["containers"].push_back(container_json(each));
        }
        if (options.has_map) {
            json["ram"] = ram_json(remote::device_info(client).ram);
        }
        print_json(json);
        return;
    }
    report::Palette const palette = report::Palette::of(stdout);
    if (containers.empty()) {
        print(fmt::format("{}: no containers; `mbpf deploy` installs one\n", client.name()));
    } else {
        print_table(containers, palette);
    }
    if (options.has_map) {
        print_map(client, containers, palette);
    }
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb = app.add_subcommand("ps", "List the containers of a device");
    verb->add_flag("--map", options->has_map, "Show how they share its memory, too");
    device::add_option(*verb, options->device);
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->callback([options] { run_verb(*options); });
}

}  // namespace mbpf::toolkit::ps
