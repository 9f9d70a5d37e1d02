// SPDX-License-Identifier: MIT
#include "toolkit/fault/fault.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/deploy/cache.hpp"
#include "toolkit/device/device.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"

namespace mbpf::toolkit::fault {

namespace {

struct Options {
    std::string name;
    std::string device;
    bool is_json = false;
};

// The trap of the last run that trapped; why it cannot run, if it is refused; or nothing.
std::optional<Problem> problem_of(remote::Container const& container) {
    std::optional<deploy::CachedImage> const image = deploy::find_image(container.digest);
    explain::Subject const subject =
        image ? image->subject(container.name) : explain::Subject{container.name, nullptr, nullptr};
    std::optional<Problem> problem;
    if (container.refusal) {
        problem = explain::describe({*container.refusal}, {container.name, nullptr, nullptr});
        problem->byte = {};  // Only the fault is known, not where.
        problem->slot = {};
        problem->found = {};
        problem->allowed = {};
    } else if (container.fault) {
        machine::TrapReport report;
        report.trap = machine::Trap(container.fault->trap);
        report.bytes = std::uint8_t(container.fault->bytes);
        report.pc = Pc{container.fault->slot};
        report.address = container.fault->address;
        problem = explain::describe_report(report, subject);
        if (report.trap == machine::Trap::OutOfBudget) {
            problem->allowed = fmt::format("{} instructions", container.run_budget);
        }
    }
    if (problem && !image) {
        problem->details = "It was not deployed from here, so C lines are not known.";
    } else if (problem && !image->note.empty()) {
        problem->details = image->note;
    }
    return problem;
}

void print_text(remote::Container const& container, std::optional<Problem> const& problem) {
    if (!problem) {
        print(fmt::format("{}: no fault in {} runs\n", container.name, container.runs));
        return;
    }
    ExitCode const code = container.refusal ? ExitCode::Refused : ExitCode::Trapped;
    print(report::problem_text(*problem, code, report::Palette::of(stdout)));
    if (container.fault && !container.refusal) {
        constexpr double us_per_second = 1e6;
        print(fmt::format("    run {} of {}, {:.3f} s after the start of the device; {} fault{}\n",
                          container.fault->run, container.runs,
                          double(container.fault->time_us) / us_per_second, container.faults,
                          container.faults == 1 ? "" : "s"));
    }
}

void run_verb(Options const& options) {
    net::Client client = device::connect(options.device);
    remote::Container const container = remote::find_container(client, options.name);
    std::optional<Problem> const problem = problem_of(container);
    if (!options.is_json) {
        print_text(container, problem);
        return;
    }
    nlohmann::ordered_json json{{"status", report::done}, {"device", client.name()},
                                {"name", container.name}, {"state", container.state_text()},
                                {"runs", container.runs}, {"faults", container.faults}};
    if (container.fault) {
        json["run"] = container.fault->run;
        json["time_us"] = container.fault->time_us;
        json["entry"] = container.fault->entry;
    }
    if (problem) {
        json["report"] = report::problem_json(*problem);
    }
    print_json(json);
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand("fault", "Show the last fault of a container, with the C line");
    verb->add_option("NAME", options->name, "Container")->required();
    device::add_option(*verb, options->device);
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->callback([options] { run_verb(*options); });
}

}  // namespace mbpf::toolkit::fault
