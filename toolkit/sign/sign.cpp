// SPDX-License-Identifier: MIT
#include "toolkit/sign/sign.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "mbpf/coap/coap.hpp"
#include "mbpf/container/container.hpp"
#include "toolkit/crypto/uuid.hpp"
#include "toolkit/input/input.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/terminal.hpp"
#include "toolkit/sign/envelope.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::sign {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string file;
    std::string output;
    std::string name;
    std::string slot;
    std::uint32_t sequence = 0;
    std::string key = key::default_name;
    std::string profile = "ietf";
    std::string uri;
    std::string vendor = crypto::own_vendor;
    std::string device_class = "mps2-an386";
    std::string device;
    bool is_json = false;
};

void check_options(Options const& options) {
    if (options.name.empty() == options.slot.empty()) {
        throw usage("a container or a slot is what the image is for",
                    options.name.empty() ? "neither" : "both", "--name NAME or --slot N");
    }
    if (!options.name.empty() && !container::Name::of(options.name).has_value()) {
        throw usage("a container's name is 1 to 23 of a-z, 0-9, - and _", options.name, "");
    }
    bool const is_for_us = options.profile == "ietf" && !options.uri.empty();
    if (is_for_us && !coap::parse_uri(options.uri)) {
        throw usage("a device cannot fetch from such a URI", options.uri, "coap://IPV4[:PORT]/PATH",
                    "name the server by its IPv4 address");
    }
    if (options.profile == "riot" && options.uri.empty()) {
        throw usage("in the riot profile the image lies elsewhere", "no URI", "--uri coap://...");
    }
}

Installation installation_of(Options const& options, Bytes image) {
    Installation installation;
    installation.profile = options.profile == "riot" ? suit::Profile::Riot : suit::Profile::Ietf;
    installation.kind =
        options.slot.empty() ? suit::Component::Kind::Container : suit::Component::Kind::Slot;
    installation.name = options.slot.empty() ? options.name : options.slot;
    installation.sequence = options.sequence;
    installation.recipients.vendor = crypto::vendor_uuid(options.vendor);
    installation.recipients.device_class =
        crypto::class_uuid(installation.recipients.vendor, options.device_class);
    if (!options.device.empty()) {
        installation.recipients.device = crypto::parse_uuid(options.device);
        if (!installation.recipients.device) {
            throw usage("--device-id is a UUID", options.device, "as `mbpf device info` shows it");
        }
    }
    installation.uri = options.uri;
    describe_image(installation, image);
    return installation;
}

// Signs what a device can open, and nothing that is still to be linked.
std::vector<std::byte> load_image(std::string const& file) {
    if (fs::path(file).extension() == ".c") {
        throw unusable(file, "this is C source, and an image is what is signed",
                       "build it: `mbpf build " + file + "`, or let `mbpf deploy` do all of it");
    }
    input::Input input = input::load(file, {});
    if (input.is_linked()) {
        throw unusable(file, "this is an object, and an image is what is signed",
                       "build it: `mbpf build " + file + "`");
    }
    return std::move(input.file);
}

void run_verb(Options const& options) {
    check_options(options);
    fs::path const output =
        system::output_of(options.file, {options.output, ".suit", options.is_json});
    std::vector<std::byte> const image = load_image(options.file);
    Installation const installation = installation_of(options, image);
    crypto::PrivateKey const key = key::load(options.key);
    Bytes const payload = options.uri.empty() ? Bytes{image} : Bytes{};
    std::vector<std::byte> const envelope = write_envelope(installation, payload, key);
    system::replace_file(output, envelope);
    if (options.is_json) {
        print_json({{"status", report::done},
                    {"file", options.file},
                    {"output", output.string()},
                    {"bytes", envelope.size()},
                    {"head_bytes", envelope.size() - payload.size()},
                    {"name", installation.name},
                    {"sequence", installation.sequence},
                    {"digest", input::hex_text(installation.digest)},
                    {"key_id", crypto::key_id(key.public_key())}});
        return;
    }
    std::FILE* const stream = system::stream_beside(output);
    fmt::print(stream, "{}: {} bytes, {} #{} signed by {}\n",
               report::Palette::of(stream).paint(report::Ink::Green, output.string()),
               envelope.size(), installation.name, installation.sequence, options.key);
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb = app.add_subcommand("sign", "Sign an image for devices (SUIT envelope)");
    verb->add_option("FILE", options->file, "Image, as `mbpf build` writes it")->required();
    verb->add_option("-o,--output", options->output,
                     "Envelope to write, or - (default: FILE.suit)");
    verb->add_option("--name", options->name, "Container that it becomes");
    verb->add_option("--slot", options->slot, "Slot of RIOT's RAM storage instead");
    verb->add_option("--sequence", options->sequence, "Number above all earlier ones of the name")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{0xffff'ffff}))
        ->required();
    verb->add_option("--key", options->key, "Key, or file of one")->capture_default_str();
    verb->add_option("--profile", options->profile, "ietf or riot")
        ->check(CLI::IsMember({"ietf", "riot"}))
        ->capture_default_str();
    verb->add_option("--uri", options->uri, "Where the image lies, instead of in the envelope");
    verb->add_option("--vendor", options->vendor, "Vendor, by name or UUID")->capture_default_str();
    verb->add_option("--class", options->device_class, "Class of devices, by name or UUID")
        ->capture_default_str();
    verb->add_option("--device-id", options->device, "One device of the class, by UUID");
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer(
        "Examples:\n"
        "  mbpf sign blink.mbpf --name blink --sequence 3\n"
        "  mbpf sign blink.mbpf --slot 0 --sequence 3 --profile riot --vendor riot-os.org \\\n"
        "    --class native --uri coap://[2001:db8::2]/blink.mbpf");
    verb->callback([options] { run_verb(*options); });
}

}  // namespace mbpf::toolkit::sign
