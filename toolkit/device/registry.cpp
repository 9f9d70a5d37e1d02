// SPDX-License-Identifier: MIT
#include "toolkit/device/registry.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "toolkit/home/home.hpp"
#include "toolkit/place/emulator.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/waiting.hpp"
#include "toolkit/system/detached.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::device {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

fs::path registry_file() { return home::folder() / "devices.json"; }

Failure no_device(std::string name, std::string reason, std::string suggestion) {
    return {ExitCode::Unavailable, Problem{.kind = ProblemKind::Place,
                                           .name = "DeviceMissing",
                                           .program = std::move(name),
                                           .reason = std::move(reason),
                                           .suggestion = std::move(suggestion)}};
}

Device device_of(ordered_json const& json) {
    Device device;
    device.name = json.at("name").get<std::string>();
    device.board = json.at("board").get<std::string>();
    device.port = json.at("port").get<std::uint16_t>();
    device.process = json.at("process").get<int>();
    device.flash = json.at("flash").get<std::string>();
    device.id = json.value("id", std::string(2 * sizeof(suit::Uuid), '0'));  // Of an older list.
    return device;
}

}  // namespace

bool Device::is_running() const { return system::is_running(process, flash_argument()); }

std::string Device::flash_argument() const {
    return board == host_board ? flash.string() : place::quoted(flash);
}

fs::path Device::log() const { return home::folder("devices") / (name + ".log"); }

Device* Registry::find(std::string const& name) {
    auto const found = std::find_if(devices.begin(), devices.end(),
                                    [&](Device const& device) { return device.name == name; });
    return found == devices.end() ? nullptr : &*found;
}

system::FileLock lock_registry() {
    static_cast<void>(home::folder("devices"));  // And with it the folder of the file.
    report::Waiting waiting{"another mbpf to start or stop a device"};
    while (true) {
        system::FileLock lock{home::folder() / "devices.lock"};
        if (lock.is_held()) {
            return lock;
        }
        constexpr std::chrono::milliseconds pause{50};
        std::this_thread::sleep_for(pause);
        waiting.go_on();
    }
}

Registry load_registry() {
    Registry registry;
    std::error_code error;
    if (!fs::exists(registry_file(), error)) {
        return registry;
    }
    std::vector<std::byte> const file = system::read_file(registry_file());
    try {
        ordered_json const json = ordered_json::parse(as_text(file));
        registry.current = json.at("current").get<std::string>();
        for (ordered_json const& device : json.at("devices")) {
            registry.devices.push_back(device_of(device));
        }
    } catch (nlohmann::json::exception const& mistake) {
        Problem problem =
            unusable(registry_file().string(), "this is no list of devices",
                     "remove it: `mbpf device start` makes a new one; devices that run go on")
                .problem();
        problem.found = mistake.what();
        throw Failure{ExitCode::Unusable, std::move(problem)};
    }
    return registry;
}

void save_registry(Registry const& registry) {
    ordered_json json{{"current", registry.current}, {"devices", ordered_json::array()}};
    for (Device const& device : registry.devices) {
        json["devices"].push_back({{"name", device.name},
                                   {"board", device.board},
                                   {"port", device.port},
                                   {"process", device.process},
                                   {"flash", device.flash.string()},
                                   {"id", device.id}});
    }
    std::string const text = json.dump(2) + "\n";
    system::replace_file(registry_file(), as_bytes(std::string_view(text)));
}

std::optional<net::Endpoint> address_in(std::string const& wanted) {
    std::optional<net::Endpoint> const endpoint = net::parse_endpoint(wanted);
    if (!endpoint && wanted.find("://") != std::string::npos) {
        throw usage("this is no address of a device", wanted,
                    "coap://HOST or coap://HOST:PORT; IPv6 in brackets: coap://[fe80::1%eth0]");
    }
    return endpoint;
}

net::Client connect(std::string const& device) {
    Registry registry = load_registry();
    std::string const wanted = device.empty() ? registry.current : device;
    if (wanted.empty()) {
        throw no_device({}, "there is no current device",
                        "start one: `mbpf device start`; or name one: --device NAME");
    }
    if (std::optional<net::Endpoint> const endpoint = address_in(wanted)) {
        return {wanted, *endpoint};
    }
    Device const* const found = registry.find(wanted);
    if (found == nullptr) {
        throw no_device(wanted, "there is no device of that name",
                        "`mbpf device ls` lists them; others are named as coap://HOST:PORT");
    }
    if (!found->is_running()) {
        throw no_device(wanted, "the device does not run",
                        fmt::format("start it: `mbpf device start {}`; it keeps its containers. "
                                    "What it said: {}",
                                    wanted, found->log().string()));
    }
    return {wanted, found->endpoint()};
}

}  // namespace mbpf::toolkit::device
