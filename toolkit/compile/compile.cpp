// SPDX-License-Identifier: MIT
#include "toolkit/compile/compile.hpp"

#include <fmt/format.h>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "toolkit/problem.hpp"
#include "toolkit/system/file.hpp"
#include "toolkit/system/process.hpp"
#include "toolkit/system/temporary_folder.hpp"

namespace mbpf::toolkit::compile {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds time_limit{60};

Failure no_compiler(std::string found) {
    return {ExitCode::Unavailable,
            Problem{.kind = ProblemKind::Tool,
                    .name = "CompilerMissing",
                    .reason = "there is no clang to compile C with",
                    .found = std::move(found),
                    .allowed = fmt::format("clang {} or newer", oldest_clang),
                    .suggestion = "install one: apt-get install clang (Debian 12: clang 14; "
                                  "clang-19 makes faster programs)"}};
}

// Major version of the clang at `path`, by asking it.
std::optional<unsigned> version_of(fs::path const& path) {
    system::ProcessResult const result =
        system::run_process({path.string(), "-dumpversion"}, time_limit);
    unsigned version = 0;
    std::string const& text = result.output;
    auto const parsed = std::from_chars(text.data(), text.data() + text.size(), version);
    return result.succeeded() && parsed.ec == std::errc{} ? std::optional{version} : std::nullopt;
}

std::optional<Compiler> find_numbered() {
    for (unsigned version = newest_clang; version >= oldest_clang; --version) {
        if (auto const path = system::find_program(fmt::format("clang-{}", version))) {
            return Compiler{*path, version, {}};
        }
    }
    return {};
}

// The folder of mbpf.h: MBPF_INCLUDE, or examples/include in a folder above this executable.
std::optional<fs::path> find_headers() {
    if (char const* const folder = std::getenv("MBPF_INCLUDE")) {
        return fs::path(folder);
    }
    std::error_code error;
    fs::path folder = system::own_folder();
    while (!folder.empty()) {
        fs::path const candidate = folder / "examples" / "include";
        if (fs::is_regular_file(candidate / "mbpf.h", error)) {
            return candidate;
        }
        if (folder == folder.root_path()) {
            break;
        }
        folder = folder.parent_path();
    }
    return {};
}

// What clang says of what a program cannot have, and what to write instead.
struct Advice {
    std::string_view text;
    std::string_view suggestion;
};
constexpr Advice advice[]{
    {"stack limit is exceeded",
     "a function has 512 bytes of stack: make large variables static, or pass a buffer as context"},
    {"unsupported dynamic stack allocation",
     "arrays on the stack have a constant size: take the largest, or a static one"},
    {"too many arguments",
     "a call takes five arguments at most, with the format of bpf_printf: pass "
     "a pointer to the rest, or print twice"},
    {"changed binding to STB_GLOBAL",
     "a function may not be named as its section: SEC(\"boot\") int on_boot(void)"},
    {"function 'memcpy' is not supported", "call bpf_memcpy(), or copy in a loop"},
    {"function 'memset' is not supported", "write in a loop"},
    {"function 'memmove' is not supported", "copy in a loop"},
    {"sf3' is not supported", "there is no floating point: count in integers, in thousandths say"},
    {"df3' is not supported", "there is no floating point: count in integers, in thousandths say"},
    {"floatsi", "there is no floating point: count in integers, in thousandths say"},
    {"variadic functions", "functions of a program have a fixed number of parameters"},
};

// What to do about the trouble, if it is of a kind that is known.
std::string suggestion_for(std::optional<fs::path> const& folder, std::string const& errors) {
    for (Advice const& each : advice) {
        if (errors.find(each.text) != std::string::npos) {
            return std::string(each.suggestion);
        }
    }
    if (errors.find("/usr/include/") != std::string::npos) {
        return "programs have no C library; of its headers stdint.h, stddef.h, stdbool.h, limits.h "
               "and stdarg.h can be included";
    }
    std::error_code error;
    bool const is_there = folder && fs::is_regular_file(*folder / "mbpf.h", error);
    return is_there ? ""
                    : fmt::format("mbpf.h is not {}: name its folder with MBPF_INCLUDE",
                                  folder ? "in " + folder->string() : "found");
}

// What the last -mcpu= of `flags` says, which is the one that counts.
std::string cpu_among(std::vector<std::string> const& flags) {
    constexpr std::string_view option = "-mcpu=";
    std::string cpu;
    for (std::string const& flag : flags) {
        cpu = flag.starts_with(option) ? flag.substr(option.size()) : cpu;
    }
    return cpu;
}

}  // namespace

std::string Compiler::text() const {
    return fmt::format("clang {} ({}), -mcpu={}", version, path.string(),
                       cpu.empty() ? default_cpu() : cpu);
}

Compiler find_compiler() {
    if (char const* const name = std::getenv("MBPF_CLANG"); name != nullptr && *name != '\0') {
        fs::path const chosen = system::find_program(name).value_or(name);
        std::optional<unsigned> const version = version_of(chosen);
        if (!version || *version < oldest_clang) {
            throw no_compiler(fmt::format(
                "MBPF_CLANG={}, {}", name,
                version ? fmt::format("version {}", *version) : "which is no clang that runs"));
        }
        return {chosen, *version, {}};
    }
    std::optional<Compiler> const numbered = find_numbered();
    std::optional<fs::path> const plain = system::find_program("clang");
    std::optional<unsigned> const version = plain ? version_of(*plain) : std::nullopt;
    if (version && (!numbered || *version > numbered->version)) {
        if (*version < oldest_clang) {
            throw no_compiler(fmt::format("{}, version {}", plain->string(), *version));
        }
        return {*plain, *version, {}};
    }
    if (!numbered) {
        throw no_compiler("none in PATH");
    }
    return *numbered;
}

Compiled compile(fs::path const& source, std::vector<std::string> const& flags) {
    if (std::error_code error; !fs::is_regular_file(source, error)) {
        throw unusable(source.string(), "C source is compiled from a file, and this is none",
                       "save it in one, or let clang write an object to the pipe");
    }
    Compiled compiled;
    compiled.compiler = find_compiler();
    compiled.compiler.cpu = cpu_among(flags);
    system::TemporaryFolder const folder;
    fs::path const object = folder.path() / "program.o";
    std::vector<std::string> command{compiled.compiler.path.string(), "-O2", "-g", "-target", "bpf",
                                     fmt::format("-mcpu={}", compiled.compiler.default_cpu()),
                                     // There is no C library: <stdint.h> and <limits.h> are the
                                     // compiler's own. (-ffreestanding would forbid builtins, too.)
                                     "-U__STDC_HOSTED__", "-Wno-builtin-macro-redefined",
                                     // Nor does a loop that copies become a call of memcpy.
                                     "-fno-builtin"};
    std::optional<fs::path> const headers = find_headers();
    if (headers) {
        command.insert(command.end(), {"-I", headers->string()});
    }
    command.insert(command.end(), flags.begin(), flags.end());
    command.insert(command.end(), {"-c", source.string(), "-o", object.string()});
    system::ProcessResult const result = system::run_process(command, time_limit);
    if (!result.succeeded()) {
        bool const has_messages = !result.errors.empty();
        throw Failure{ExitCode::Unusable,
                      Problem{.kind = ProblemKind::Tool,
                              .name = "NotCompiled",
                              .program = source.string(),
                              .reason = "it does not compile",
                              .found = has_messages ? compiled.compiler.text() + " says:"
                                                    : system::end_text(result),
                              .suggestion = suggestion_for(headers, result.errors),
                              .details = result.errors}};
    }
    compiled.warnings = result.errors;
    compiled.object = system::read_file(object);
    return compiled;
}

}  // namespace mbpf::toolkit::compile
