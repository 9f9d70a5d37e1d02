// SPDX-License-Identifier: MIT
#include "toolkit/disasm/disasm.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "toolkit/disasm/native_view.hpp"
#include "toolkit/input/input.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/isa/disassembly.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/native/board.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/problem_report.hpp"

namespace mbpf::toolkit::disasm {

namespace {

using report::Ink;

struct Options {
    std::string file;
    std::string format;
    std::string entry;
    std::string where = "device";
    bool has_source = false;
    bool is_native = false;
    bool is_json = false;
};

// One instruction, with all that there is to say about it.
struct Listing {
    Pc pc;
    std::uint32_t slots{};
    std::string label;  // Of this slot, if something goes or starts there.
    bool is_function{};
    std::string text;
    std::optional<source::Line> line;
};

struct Range {
    std::uint32_t first{};
    std::uint32_t end{};
};

Failure unknown_function(input::Input const& input, std::string const& name) {
    std::string names;
    for (source::Function const& function : input.map.functions) {
        names += (names.empty() ? "" : ", ") + function.name;
    }
    return {ExitCode::Usage,
            Problem{.kind = ProblemKind::Input,
                    .name = "Usage",
                    .program = input.path,
                    .reason = "--entry names a function that the program does not have",
                    .found = name,
                    .allowed = names.empty() ? "nothing: no function of it has a name" : names}};
}

// The slots of the function `name`, or all of them.
Range range_of(input::Input const& input, std::string const& name) {
    Range range{0, input.program.text.slots()};
    if (name.empty()) {
        return range;
    }
    std::vector<source::Function> const& functions = input.map.functions;
    auto const found = std::find_if(functions.begin(), functions.end(),
                                    [&](auto const& function) { return function.name == name; });
    if (found == functions.end()) {
        throw unknown_function(input, name);
    }
    range.first = found->slot;
    if (std::next(found) != functions.end()) {
        range.end = std::next(found)->slot;
    }
    return range;
}

std::vector<Listing> list(input::Input const& input, Range range) {
    isa::Text const text = input.program.text;
    std::vector<std::string> const labels = disassembly::make_labels(text, input.map.functions);
    std::vector<Listing> all;
    for (Pc pc{range.first}; pc.slot < range.end; pc.slot += all.back().slots) {
        all.push_back({.pc = pc,
                       .slots = disassembly::slots_of(text, pc),
                       .label = labels[pc.slot],
                       .is_function = input.map.function_starting(pc) != nullptr,
                       .text = disassembly::instruction_text(text, pc, labels),
                       .line = input.map.find(pc)});
    }
    return all;
}

Bytes bytes_of(input::Input const& input, Listing const& listing) {
    return input.program.text.bytes().subspan(std::size_t(listing.pc.slot) * slot_bytes,
                                              std::size_t(listing.slots) * slot_bytes);
}

// "b7 00 00 00 2a 00 00 00" for each slot.
std::string spaced(Bytes bytes) {
    std::string text;
    for (std::byte const byte : bytes) {
        text += fmt::format("{}{:02x}", text.empty() ? "" : " ", unsigned(byte));
    }
    return text;
}

std::string source_text(source::Line const& line, report::Palette const& palette) {
    std::string const place = fmt::format("; {}:{}", line.file, line.number);
    return palette.paint(Ink::Dim, place) + (line.text.empty() ? "" : "  ") +
           palette.paint(Ink::Cyan, line.text) + "\n";
}

// A slot that clang did not put on a line of its own repeats no line.
bool starts_line(std::optional<source::Line> const& line, std::optional<source::Line> const& last) {
    return line && (!last || last->file != line->file || last->number != line->number);
}

std::string listing_text(input::Input const& input, Listing const& listing,
                         report::Palette const& palette) {
    Bytes const bytes = bytes_of(input, listing);
    std::string text =
        fmt::format("{:6}:  {}  {}\n", listing.pc.slot,
                    palette.paint(Ink::Dim, spaced(bytes.first(slot_bytes))), listing.text);
    if (listing.slots == 2) {
        std::string const second = spaced(bytes.subspan(slot_bytes));
        text += fmt::format("{:6}   {}\n", "", palette.paint(Ink::Dim, second));
    }
    return text;
}

// Why --source shows less than the reader hoped for.
std::string missing_source_text(source::SourceMap const& map) {
    if (map.rows.empty()) {
        return "(no C lines: the program carries neither debug information nor a line table)\n";
    }
    bool const has_text = std::any_of(map.rows.begin(), map.rows.end(),
                                      [](source::Row const& row) { return !row.text.empty(); });
    return has_text ? ""
                    : fmt::format(
                          "(only the numbers of lines: {} is neither here nor next to the "
                          "program)\n",
                          map.files.front());
}

std::string text_of(input::Input const& input, std::vector<Listing> const& all, bool has_source) {
    report::Palette const palette = report::Palette::of(stdout);
    std::string text = fmt::format("{}: {}, {} slots\n", input.path, layout::name_of(input.format),
                                   input.program.text.slots());
    if (has_source) {
        text += missing_source_text(input.map);
    }
    std::optional<source::Line> last;
    for (Listing const& listing : all) {
        if (!listing.label.empty()) {
            text += listing.is_function
                        ? "\n" + palette.paint(Ink::Bold, listing.label + ":") + "\n"
                        : palette.paint(Ink::Yellow, listing.label + ":") + "\n";
        }
        if (has_source && starts_line(listing.line, last)) {
            text += source_text(*listing.line, palette);
        }
        last = listing.line;
        text += listing_text(input, listing, palette);
    }
    return text;
}

nlohmann::ordered_json json_of(input::Input const& input, Listing const& listing) {
    nlohmann::ordered_json json{{"slot", listing.pc.slot},
                                {"bytes", input::hex_text(bytes_of(input, listing))},
                                {"text", listing.text}};
    if (!listing.label.empty()) {
        json["label"] = listing.label;
    }
    if (auto const target = disassembly::target_of(input.program.text, listing.pc)) {
        json["target"] = target->slot;
    }
    if (listing.line) {
        json["file"] = listing.line->file;
        json["line"] = listing.line->number;
        json["function"] = listing.line->function;
        json["source"] = listing.line->text;
    }
    return json;
}

// Beside its own instructions, what a device makes of it.
void show_native(Options const& options, Session const& session) {
    run::Wish wish;
    wish.file = options.file;
    run::Settings settings;
    settings.format = input::format_wanted(options.format);
    settings.flags = session.compiler_flags;
    run::Job const job = run::make_job(wish, settings);
    native::Code const code =
        native::compile(job.input, options.where == "m4" ? native::ask_board(job).placement
                                                         : native::typical_placement());
    if (!options.is_json) {
        print(fmt::format("{}: {} slots, {} bytes of code\n", options.file,
                          job.input.program.text.slots(), code.bytes.size()) +
              native_text(job.input, code, report::Palette::of(stdout)));
        return;
    }
    std::vector<Listing> const all = list(job.input, range_of(job.input, {}));
    nlohmann::ordered_json json{{"status", report::done},
                                {"file", options.file},
                                {"slots", job.input.program.text.slots()},
                                {"instructions", nlohmann::ordered_json::array()},
                                {"native", native_json(job.input, code)}};
    for (Listing const& listing : all) {
        json["instructions"].push_back(json_of(job.input, listing));
    }
    print_json(json);
}

void run_verb(Options const& options, Session const& session) {
    if (options.is_native) {
        return show_native(options, session);
    }
    input::Input const input =
        input::load(options.file, {.format = input::format_wanted(options.format),
                                   .entry = {},
                                   .flags = session.compiler_flags});
    std::vector<Listing> const all = list(input, range_of(input, options.entry));
    if (!options.is_json) {
        print(text_of(input, all, options.has_source));
        return;
    }
    nlohmann::ordered_json json{{"status", report::done},
                                {"file", input.path},
                                {"format", layout::name_of(input.format)},
                                {"slots", input.program.text.slots()},
                                {"instructions", nlohmann::ordered_json::array()}};
    for (Listing const& listing : all) {
        json["instructions"].push_back(json_of(input, listing));
    }
    print_json(json);
}

}  // namespace

void add_verb(CLI::App& app, Session& session) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb = app.add_subcommand("disasm", "Show the instructions of a program");
    verb->add_option("FILE", options->file, "Program")->required();
    verb->add_flag("--source", options->has_source, "Show the C lines that they came from");
    verb->add_flag("--native", options->is_native,
                   "Show what a Cortex-M compiles it to, beside it, with the C lines");
    verb->add_option("--on", options->where,
                     "With --native: for a typical device, or for the emulated Cortex-M4, which "
                     "is asked for its addresses")
        ->check(CLI::IsMember({"device", "m4"}))
        ->capture_default_str();
    verb->add_option("--entry", options->entry, "Only this function (default: all)");
    verb->add_option("--format", options->format, "Format of FILE (default: detected)");
    verb->add_flag("--json", options->is_json, "Print JSON");
    verb->footer(
        "Examples:\n"
        "  mbpf disasm --source sum.c\n"
        "  mbpf disasm --native sum.c\n"
        "  mbpf disasm sum.bin --format text");
    verb->callback([options, &session] { run_verb(*options, session); });
}

}  // namespace mbpf::toolkit::disasm
