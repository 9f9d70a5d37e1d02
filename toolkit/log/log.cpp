// SPDX-License-Identifier: MIT
#include "toolkit/log/log.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/device/device.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/terminal.hpp"

namespace mbpf::toolkit::log {

namespace {

struct Options {
    std::string device;
    std::optional<std::uint32_t> from;
    bool follows = false;
    bool is_json = false;
};

// Positions wrap, as those of the device do.
class Reader {
public:
    Reader(net::Client& client, Options const& options)
        : client_{client}, options_{options}, next_{options.from} {}

    void print_more() {
        remote::LogPiece const piece = remote::read_log(client_, next_);
        if (next_ && piece.start != *next_ && !options_.is_json) {
            auto const lost = std::int32_t(piece.start - *next_);
            fmt::print(
                stderr, "({})\n",
                lost > 0 ? fmt::format("{} bytes are lost", lost) : "the log is shorter than that");
        }
        bool const is_new = !next_ || !piece.text.empty();
        next_ = piece.start + std::uint32_t(piece.text.size());
        if (options_.is_json && is_new) {
            // A line each: whoever follows reads them as they come.
            nlohmann::ordered_json const json{{"status", report::done},
                                              {"device", client_.name()},
                                              {"start", piece.start},
                                              {"next", *next_},
                                              {"text", piece.text}};
            using Handler = nlohmann::ordered_json::error_handler_t;
            print(json.dump(-1, ' ', false, Handler::replace) + "\n");
        } else {
            print(report::printed(piece.text, stdout));
        }
        std::fflush(stdout);
    }

private:
    net::Client& client_;
    Options const& options_;
    std::optional<std::uint32_t> next_;
};

void run_verb(Options const& options) {
    net::Client client = device::connect(options.device);
    Reader reader{client, options};
    if (!options.follows) {
        reader.print_more();
        return;
    }
    client.observe("mbpf/log", [&reader] {
        reader.print_more();
        return true;
    });
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb = app.add_subcommand("log", "Show what the containers of a device print");
    verb->add_flag("-f,--follow", options->follows, "Go on showing it as it comes");
    verb->add_option("--from", options->from, "Position to start at (JSON: next)");
    device::add_option(*verb, options->device);
    verb->add_flag("--json", options->is_json, "Print JSON, one line for each piece");
    verb->callback([options] { run_verb(*options); });
}

}  // namespace mbpf::toolkit::log
