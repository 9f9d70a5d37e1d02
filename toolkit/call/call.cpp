// SPDX-License-Identifier: MIT
#include "toolkit/call/call.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/deploy/cache.hpp"
#include "toolkit/device/device.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::call {

namespace {

struct Options {
    std::string name;
    std::string path;
    std::string data;
    std::string method = "post";
    std::string device;
    bool is_json = false;
};

// "@FILE", "hex:00ff", or the text itself.
std::vector<std::byte> read_data(std::string const& text) {
    constexpr std::string_view hex = "hex:";
    if (text.starts_with('@')) {
        return system::read_file(text.substr(1));
    }
    if (!text.starts_with(hex)) {
        Bytes const bytes = as_bytes(std::string_view(text));
        return {bytes.begin(), bytes.end()};
    }
    std::optional<std::vector<std::byte>> bytes = input::parse_hex(text.substr(hex.size()));
    if (!bytes) {
        throw usage("--data makes no sense", text, "pairs of hex digits behind hex:");
    }
    return *std::move(bytes);
}

net::Method method_named(std::string const& name) {
    return name == "get"      ? net::Method::Get
           : name == "put"    ? net::Method::Put
           : name == "delete" ? net::Method::Delete
                              : net::Method::Post;
}

// Where the container listens: its first path, or the one that was named.
std::string path_of(remote::Container const& container, Options const& options) {
    if (!options.path.empty()) {
        return options.path;
    }
    for (package::Hook const& hook : container.hooks) {
        if (container::has_path(hook.kind)) {
            return hook.path;
        }
    }
    Problem problem = explain::describe({Fault::HookUnknown}, {container.name, nullptr, nullptr});
    problem.reason = "the container takes no requests";
    problem.suggestion = "deploy it with --on-request PATH";
    throw Failure{ExitCode::Refused, std::move(problem)};
}

bool is_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t' || c == '\r';
    });
}

void print_answer(net::Response const& response, std::string const& name, bool is_json) {
    std::string const text{as_text(response.payload)};
    bool const is_readable = is_text(text);
    if (is_json) {
        nlohmann::ordered_json json{{"status", report::done},
                                    {"name", name},
                                    {"code", response.code_text()},
                                    {"payload", input::hex_text(response.payload)}};
        if (is_readable) {
            json["text"] = text;
        }
        print_json(json);
        return;
    }
    std::string const shown = is_readable ? text : "hex:" + input::hex_text(response.payload);
    print(shown + (shown.ends_with('\n') ? "" : "\n"));
}

// A device has one fault for all that is.
Failure too_large(remote::Refused const& refused, std::size_t bytes) {
    Problem problem = refused.problem();
    problem.reason = "the payload is larger than what a run takes";
    problem.found = fmt::format("{} bytes", bytes);
    problem.suggestion = "send less at once";
    return {refused.exit_code(), std::move(problem)};
}

void run_verb(Options const& options) {
    std::vector<std::byte> const data = read_data(options.data);
    net::Client client = device::connect(options.device);
    remote::Container const container = remote::find_container(client, options.name);
    std::string const path = path_of(container, options);
    net::Response const response = client.request(
        {.method = method_named(options.method), .path = "c/" + path, .payload = data});
    if (response.is_success()) {
        print_answer(response, options.name, options.is_json);
        return;
    }
    std::optional<deploy::CachedImage> const image = deploy::find_image(container.digest);
    explain::Subject const subject =
        image ? image->subject(options.name) : explain::Subject{options.name, nullptr, nullptr};
    try {
        remote::check(client, response, subject);
    } catch (remote::Refused const& refused) {
        if (refused.is(Fault::ImageTooLarge)) {
            throw too_large(refused, data.size());
        }
        throw;
    }
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb = app.add_subcommand("call", "Send a request to a container");
    verb->add_option("NAME", options->name, "Container")->required();
    verb->add_option("--data", options->data, "Payload: text, @FILE or hex:00ff");
    verb->add_option("--path", options->path, "Path, if it listens at several");
    verb->add_option("--method", options->method, "get, post, put or delete")
        ->check(CLI::IsMember({"get", "post", "put", "delete"}))
        ->capture_default_str();
    device::add_option(*verb, options->device);
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer("Example:\n  mbpf call fletcher32 --data hex:6162636465666768");
    verb->callback([options] { run_verb(*options); });
}

}  // namespace mbpf::toolkit::call
