// SPDX-License-Identifier: MIT
// The command `mbpf`: hands its arguments to a verb, and says what went wrong if that fails.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iterator>
#include <nlohmann/json.hpp>

#include "toolkit/build/build.hpp"
#include "toolkit/call/call.hpp"
#include "toolkit/conformance/conformance.hpp"
#include "toolkit/control/control.hpp"
#include "toolkit/deploy/deploy.hpp"
#include "toolkit/device/device.hpp"
#include "toolkit/disasm/disasm.hpp"
#include "toolkit/fault/fault.hpp"
#include "toolkit/inspect/inspect.hpp"
#include "toolkit/key/key.hpp"
#include "toolkit/log/log.hpp"
#include "toolkit/manifest/manifest.hpp"
#include "toolkit/maps/maps.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/ps/ps.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/run/run.hpp"
#include "toolkit/session.hpp"
#include "toolkit/sign/sign.hpp"
#include "toolkit/size/size.hpp"
#include "toolkit/system/process.hpp"
#include "toolkit/verify/verify.hpp"

namespace mbpf::toolkit {

namespace {

constexpr char const* version_text = "mbpf 0.1.0";

constexpr char const* description =
    "Builds, checks, runs and deploys eBPF programs for microcontrollers.";

constexpr char const* footer =
    "A program is C source (.c), an object that clang made of it (.o), or a file that\n"
    "`mbpf build` wrote. Where C is compiled, what stands behind -- goes to clang:\n"
    "  mbpf run prog.c -- -DLIMIT=3 -O1\n"
    "\n"
    "Exit codes:\n"
    "   0  done; for run: the program ran to its end\n"
    "   1  the program was stopped while it ran, here or on a device\n"
    "   2  the verifier refused the program\n"
    "   3  the input cannot be read, compiled, linked or represented\n"
    "   4  something is missing here or failed: clang, QEMU, the firmware, a device\n"
    "   5  a device refused what it was asked\n"
    "  64  the command line makes no sense\n"
    "Several programs: the highest of their codes.\n"
    "\n"
    "Environment:\n"
    "  MBPF_CLANG     clang to use (default: the newest in PATH, 14 or newer)\n"
    "  MBPF_INCLUDE   folder of mbpf.h\n"
    "  MBPF_FIRMWARE  firmware for --on m4, or its folder\n"
    "  MBPF_HOME      folder of keys, devices and deployed images (default:\n"
    "                 ~/.local/share/mbpf)\n"
    "  NO_COLOR       no colours on a terminal";

using Arguments = std::vector<std::string>;

// Cuts off what stands behind "--" of a verb that compiles; for others it ends the options.
Arguments take_compiler_flags(Arguments& arguments) {
    constexpr std::array compiling{"build", "run", "verify", "inspect", "disasm", "size", "deploy"};
    if (arguments.empty() ||
        std::find(compiling.begin(), compiling.end(), arguments.front()) == compiling.end()) {
        return {};
    }
    auto const dashes = std::find(arguments.begin(), arguments.end(), "--");
    if (dashes == arguments.end()) {
        return {};
    }
    Arguments flags{std::next(dashes), arguments.end()};
    arguments.erase(dashes, arguments.end());
    return flags;
}

// The public suite puts the memory of a test in front of all options, and so of the verb.
void put_plugin_verb_first(Arguments& arguments) {
    if (arguments.size() >= 2 && arguments[1] == conformance::verb_name) {
        std::swap(arguments[0], arguments[1]);
    }
}

void add_verbs(CLI::App& app, Session& session) {
    build::add_verb(app, session);
    run::add_verb(app, session);
    verify::add_verb(app, session);
    inspect::add_verb(app, session);
    disasm::add_verb(app, session);
    size::add_verb(app, session);
    key::add_verb(app, session);
    sign::add_verb(app, session);
    manifest::add_verb(app, session);
    device::add_verb(app, session);
    deploy::add_verb(app, session);
    ps::add_verb(app, session);
    call::add_verb(app, session);
    log::add_verb(app, session);
    fault::add_verb(app, session);
    maps::add_verb(app, session);
    control::add_verbs(app);
    conformance::add_verb(app, session);
}

Failure usage_failure(CLI::ParseError const& error, CLI::App const& app) {
    std::string command = "mbpf";
    for (CLI::App const* verb = &app; !verb->get_subcommands().empty();) {
        verb = verb->get_subcommands().front();
        command += " " + verb->get_name();
    }
    return usage(error.what(), {}, {}, fmt::format("`{} --help` says what there is", command));
}

// CLI11 would only say that there is no verb.
void check_verb(std::string const& first, CLI::App const& app) {
    std::string names;
    for (CLI::App const* const verb : app.get_subcommands({})) {
        if (verb->get_name() == first) {
            return;
        }
        names += (names.empty() ? "" : ", ") + verb->get_name();
    }
    if (first == "-h" || first == "--help" || first == "--version") {
        return;
    }
    throw usage("there is no such verb", first, names, "`mbpf --help` says what each does");
}

ExitCode report_failure(Failure const& failure, bool is_json) {
    report::print_failure(failure, is_json ? report::Form::Json : report::Form::Text);
    return failure.exit_code();
}

Failure unexpected(std::exception const& error) {
    return {ExitCode::Unavailable, Problem{.kind = ProblemKind::Place,
                                           .name = "Unexpected",
                                           .reason = "this PC does not do what mbpf asks of it",
                                           .found = error.what()}};
}

ExitCode run_command(CLI::App& app, Arguments arguments, Session& session) {
    bool const is_json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    try {
        check_verb(arguments.front(), app);
        std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back.
        app.parse(std::move(arguments));
        return session.exit_code;
    } catch (CLI::Success const& wish) {  // --help and --version.
        app.exit(wish);
        return ExitCode::Done;
    } catch (CLI::ParseError const& error) {
        return report_failure(usage_failure(error, app), is_json);
    } catch (Failure const& failure) {
        return report_failure(failure, is_json);
    } catch (system::Interrupted const& interruption) {
        static_cast<void>(std::raise(interruption.signal));
        return ExitCode::Unavailable;
    } catch (std::exception const& error) {
        return report_failure(unexpected(error), is_json);
    }
}

// A full disk or a closed pipe must not look like success.
ExitCode finish(ExitCode code) {
    bool const is_written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (!is_written && code == ExitCode::Done) {
        std::fputs("unavailable: standard output cannot be written\n", stderr);
        return ExitCode::Unavailable;
    }
    return code;
}

ExitCode command(Arguments arguments) {
    Session session;
    put_plugin_verb_first(arguments);
    CLI::App app{description, "mbpf"};
    app.footer(footer);
    app.set_version_flag("--version", version_text);
    app.require_subcommand(1);
    add_verbs(app, session);
    session.compiler_flags = take_compiler_flags(arguments);
    if (arguments.empty()) {
        std::string const help = app.help();
        std::fwrite(help.data(), 1, help.size(), stderr);
        return ExitCode::Usage;
    }
    return finish(run_command(app, std::move(arguments), session));
}

// Files that are opened must not become standard streams that whoever called this has closed.
// Writing to what takes their place fails, as it should.
void occupy_standard_streams() {
    int descriptor = -1;
    do {
        descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    ::close(descriptor);
}

}  // namespace

}  // namespace mbpf::toolkit

int main(int argc, char** argv) {
    mbpf::toolkit::occupy_standard_streams();
    // Without a program name there are no arguments either.
    std::vector<std::string> const arguments(argv + std::min(argc, 1), argv + argc);
    return int(mbpf::toolkit::command(arguments));
}
