// SPDX-License-Identifier: MIT
#include "toolkit/build/build.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/explain/sentences.hpp"
#include "toolkit/input/input.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/package/package.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/system/file.hpp"
#include "toolkit/verify/check.hpp"

namespace mbpf::toolkit::build {

namespace {

namespace fs = std::filesystem;
using program::Format;

struct Options {
    std::string file;
    std::string output;
    std::string layout = "image";
    std::string entry;
    package::Wishes wishes;
    std::string format;
    bool is_stripped = false;
    bool is_json = false;
};

char const* suffix_of(Format layout) {
    switch (layout) {
        case Format::Text: return ".bin";
        case Format::Femto: return ".rbf";
        case Format::Extended: return ".ext";
        case Format::Elf: return ".o";
        case Format::Image: return ".mbpf";
    }
    return "";
}

// What a layout has no place for is refused rather than forgotten.
void check_options(Options const& options, Format layout) {
    bool const has_rights = layout == Format::Image || layout == Format::Extended;
    if (!options.wishes.grants.empty() && !has_rights) {
        throw usage("--grant says what an image may ask for, and this layout has no place for that",
                    "--layout " + options.layout, "--layout image, --layout extended");
    }
    if (options.wishes.need_image() && layout != Format::Image) {
        throw usage("only an image says when a program runs, how long and what it touches",
                    "--layout " + options.layout, "--layout image");
    }
    if (options.is_stripped && layout == Format::Elf) {
        throw usage(
            "--strip leaves parts of an image out, and an object is as the compiler made it",
            "--layout elf", "--layout image", "`-- -g0`, or `llvm-strip -g` behind it");
    }
    if (!options.entry.empty() && layout == Format::Elf) {
        throw usage("--entry chooses where an image starts, and an object keeps all its functions",
                    "--layout elf", "--layout image, extended, femto, text");
    }
}

// Those who read the older layouts know the older instructions; the user may know better.
std::vector<std::string> flags_for(Format layout, std::vector<std::string> const& wanted) {
    std::vector<std::string> flags;
    if (layout == Format::Femto || layout == Format::Extended || layout == Format::Text) {
        flags.emplace_back("-mcpu=v2");
    }
    flags.insert(flags.end(), wanted.begin(), wanted.end());
    return flags;
}

input::Input load(Options const& options, Format layout, Session const& session) {
    input::Input input =
        input::load(options.file, {.format = input::format_wanted(options.format),
                                   .entry = options.entry,
                                   .flags = flags_for(layout, session.compiler_flags)});
    input::check_entry(input, options.entry);
    return input;
}

Failure no_form(layout::Refusal const& refusal, Options const& options, bool is_linked) {
    std::string able;
    std::vector<Format> listed;
    for (Format const format : refusal.able) {
        bool const is_new = std::find(listed.begin(), listed.end(), format) == listed.end();
        bool const is_made = format != Format::Elf || is_linked;  // Only a compiler makes objects.
        if (is_new && is_made && layout::name_of(format) != options.layout) {
            able += fmt::format("{}{}", able.empty() ? "" : ", ", layout::name_of(format));
            listed.push_back(format);
        }
    }
    return {ExitCode::Unusable,
            Problem{.kind = ProblemKind::Fault,
                    .name = std::string(explain::sentence_of(refusal.fault).name),
                    .code = unsigned(refusal.fault),
                    .program = options.file,
                    .reason = fmt::format("the layout {} cannot hold this program", options.layout),
                    .found = refusal.reason,
                    .suggestion = able.empty() ? "" : "layouts that can: " + able}};
}

layout::File encode(input::Input const& input, Options const& options, Format layout) {
    if (layout == Format::Elf && input.is_linked()) {
        return input.file;
    }
    package::Package const package =
        package::pack(input, options.wishes,
                      options.is_stripped ? package::Lines::Stripped : package::Lines::Kept);
    layout::Encoded encoded =
        layout == Format::Image
            ? layout::encode_image(package.program,
                                   {.lines = package.lines, .map_names = package.map_names})
            : layout::encode(package.program, layout);
    if (auto const* const refusal = std::get_if<layout::Refusal>(&encoded)) {
        throw no_form(*refusal, options, input.is_linked());
    }
    return std::get<layout::File>(std::move(encoded));
}

void print_text(input::Input const& input, Options const& options, fs::path const& output,
                layout::File const& file) {
    std::fwrite(input.warnings.data(), 1, input.warnings.size(), stderr);
    Result<verifier::VerifiedProgram> const verified = verify::check(input.program);
    if (!verified.has_value()) {
        fmt::print(stderr, "warning: a device with the standard helpers refuses it: {}\n",
                   verify::short_text(verified.error(), input));
    }
    std::FILE* const stream = system::stream_beside(output);
    fmt::print(stream, "{}: {} bytes, {}, {} slots{}\n",
               report::Palette::of(stream).paint(report::Ink::Green, output.string()), file.size(),
               options.layout, input.program.text.slots(),
               input.compiler ? ", " + input.compiler->text() : "");
}

void print_result(input::Input const& input, Options const& options, fs::path const& output,
                  layout::File const& file) {
    nlohmann::ordered_json json{{"status", report::done},    {"file", input.path},
                                {"output", output.string()}, {"layout", options.layout},
                                {"bytes", file.size()},      {"slots", input.program.text.slots()}};
    Result<verifier::VerifiedProgram> const verified = verify::check(input.program);
    json["verified"] = verified.has_value();
    if (!verified.has_value()) {
        json["report"] = report::problem_json(explain::describe(verified.error(), input.subject()));
    }
    if (input.compiler) {
        json["compiler"] = input.compiler->text();
    }
    if (!input.warnings.empty()) {
        json["warnings"] = input.warnings;
    }
    print_json(json);
}

void run_verb(Options const& options, Session const& session) {
    Format const layout = input::format_named(options.layout);
    check_options(options, layout);
    fs::path const output = system::output_of(
        options.file, {options.output, std::string(suffix_of(layout)), options.is_json});
    input::Input const input = load(options, layout, session);
    layout::File const file = encode(input, options, layout);
    system::replace_file(output, file);
    if (options.is_json) {
        print_result(input, options, output, file);
    } else {
        print_text(input, options, output, file);
    }
}

}  // namespace

void add_verb(CLI::App& app, Session& session) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb =
        app.add_subcommand("build", "Compile and link a program into a file for a device");
    verb->add_option("FILE", options->file, "Program: .c, .o, or a file in another layout")
        ->required();
    verb->add_option("-o,--output", options->output,
                     "File to write, or - (default: here, named after FILE and the layout)");
    verb->add_option("--layout", options->layout,
                     "image (.mbpf), elf (.o), extended (.ext), femto (.rbf) or text (.bin); C is "
                     "compiled for v2 for the last three")
        ->check(CLI::IsMember({"image", "elf", "extended", "femto", "text"}))
        ->capture_default_str();
    verb->add_option("--entry", options->entry, "Function that comes first (default: see SPEC.md)");
    package::add_options(*verb, options->wishes);
    verb->add_option("--format", options->format, "Format of FILE (default: detected)");
    verb->add_flag("--strip", options->is_stripped,
                   "Leave out the line table, by which reports name C lines, and names of maps");
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer(
        "Examples:\n"
        "  mbpf build sum.c\n"
        "  mbpf build sum.c -o sum.rbf --layout femto -- -DLIMIT=3\n"
        "  mbpf build sum.o --grant printf --strip\n"
        "  mbpf build blink.c --on-timer 500ms --engine jit");
    verb->callback([options, &session] { run_verb(*options, session); });
}

}  // namespace mbpf::toolkit::build
