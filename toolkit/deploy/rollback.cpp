// SPDX-License-Identifier: MIT
// The image before comes back: a signed head without a payload that names its digest.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/deploy/cache.hpp"
#include "toolkit/deploy/deploy.hpp"
#include "toolkit/deploy/send.hpp"
#include "toolkit/device/device.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"

namespace mbpf::toolkit::deploy {

namespace {

struct Options {
    std::string name;
    std::string device;
    std::string key = key::default_name;
    bool is_json = false;
};

sign::Installation installation_of(remote::Container const& container) {
    if (container.previous_digest.empty() || !container.previous_bytes) {
        throw Failure{ExitCode::Refused,
                      Problem{.kind = ProblemKind::Place,
                              .name = "NoWayBack",
                              .program = container.name,
                              .reason = "the device has no image that ran before this one",
                              .suggestion = "deploy the one that you want: `mbpf deploy FILE`"}};
    }
    sign::Installation wanted;
    wanted.name = container.name;
    wanted.sequence = container.sequence + 1;
    wanted.image_bytes = *container.previous_bytes;
    std::vector<std::byte> const digest = *input::parse_hex(container.previous_digest);
    std::copy(digest.begin(), digest.end(), wanted.digest.begin());
    return wanted;
}

void run_verb(Options const& options) {
    Steps steps;
    crypto::PrivateKey const key = key::load(options.key);
    net::Client client = device::connect(options.device);
    remote::DeviceInfo const info = remote::device_info(client);
    remote::Container const container = remote::find_container(client, options.name);
    steps.add("ask");
    sign::Installation const wanted = installation_of(container);
    std::optional<CachedImage> const image = find_image(container.previous_digest);
    explain::Subject const subject =
        image ? image->subject(options.name) : explain::Subject{options.name, nullptr, nullptr};
    Sent const sent = install(client, info, wanted, {}, key, subject, steps);
    if (options.is_json) {
        print_json({{"status", report::done},
                    {"device", client.name()},
                    {"name", options.name},
                    {"sequence", sent.sequence},
                    {"digest", container.previous_digest}});
        return;
    }
    print(fmt::format("{} #{} on {}: the image before #{} runs again\n  {}\n", options.name,
                      sent.sequence, client.name(), container.sequence, steps.text()));
}

}  // namespace

void add_rollback_verb(CLI::App& app) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand("rollback", "Bring back the image that a container ran before");
    verb->add_option("NAME", options->name, "Container")->required();
    verb->add_option("--key", options->key, "Key, or file of one")->capture_default_str();
    device::add_option(*verb, options->device);
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->callback([options] { run_verb(*options); });
}

}  // namespace mbpf::toolkit::deploy
