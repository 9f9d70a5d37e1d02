// SPDX-License-Identifier: MIT
#include "toolkit/input/input.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <array>
#include <filesystem>

#include "mbpf/suit/suit.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/maps/declared.hpp"
#include "toolkit/source/elf_lines.hpp"
#include "toolkit/source/elf_reader.hpp"
#include "toolkit/source/line_table.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::input {

namespace {

using program::Format;
using program::LinkOptions;

Failure refusal(Error const& error, std::string const& path) {
    return {ExitCode::Unusable, explain::describe(error, {path})};
}

// What the linker says, in words of the object.
Failure link_refusal(Error const& error, Input const& input, LinkOptions const& options) {
    Problem problem = explain::describe(error, {input.path});
    std::vector<source::ElfSection> const sections = source::read_elf_sections(input.file);
    if (problem.byte) {
        problem.line = source::elf_line_at(input.file, *problem.byte);
    }
    if (problem.line) {
        problem.line->file = source::shortened(problem.line->file, input.path);
    }
    bool const is_empty = error.fault == Fault::SectionMissing || error.fault == Fault::TextEmpty;
    if (is_empty && error.where == 0) {
        problem.byte = {};
        problem.reason = "the program has no function";
        problem.found = "";
        problem.suggestion = "define one that is not static: uint64_t start(void) { return 42; }";
    }
    constexpr std::uint32_t machine_at = 16;  // With the type; what is behind is of no other kind.
    if (error.fault == Fault::ElfUnsupported && error.where <= machine_at) {
        problem.found = "a " + source::elf_kind(input.file);
    }
    if (error.fault == Fault::SymbolUndefined || error.fault == Fault::SymbolOutOfRange ||
        error.fault == Fault::FunctionEmpty) {
        std::string const name = source::elf_symbol_name(sections, error.found);
        problem.found = name.empty() ? problem.found : name;
    }
    if (error.fault == Fault::RelocationUnsupported) {
        std::string const name = source::elf_function_at(input.file, sections, error.where);
        if (!name.empty()) {
            problem.byte = {};
            problem.reason = "the program stores the address of a function";
            problem.found = name;
            problem.allowed = "addresses of data";
            problem.suggestion = "eBPF has no calls through pointers: choose with if or switch";
        }
    }
    if (error.fault == Fault::EntryUnknown) {
        std::vector<std::string> names;
        for (source::ElfFunction const& function : source::read_elf_functions(sections)) {
            if (function.is_exported) {
                names.push_back(function.name);
            }
        }
        problem.found = std::string(options.entry);
        problem.allowed = fmt::format("{}", fmt::join(names, ", "));
        problem.suggestion = "name a function that is neither static nor hidden";
    }
    return {ExitCode::Unusable, std::move(problem)};
}

// What the linker would take for something else.
void check_object(Input const& input) {
    std::vector<source::ElfSection> const sections = source::read_elf_sections(input.file);
    if (source::is_gcc_object(sections)) {
        throw unusable(input.path,
                       "this object was made by GCC, whose relocations mean something else",
                       "compile with: clang -O2 -g -target bpf -c");
    }
    for (source::ElfSection const& section : sections) {
        if (section.name == "maps" && section.bytes != 0) {
            throw unusable(input.path, "maps are declared in section .maps, not in maps",
                           "declare them as examples/11_maps.c does, with SEC(\".maps\")");
        }
    }
}

void link(Input& input, LinkOptions const& options) {
    check_object(input);
    input.runnable.resize(2 * input.file.size());  // Enough unless sections overlap in the object.
    Result<std::size_t> linked = program::link_elf(input.file, input.runnable, options);
    if (!linked.has_value() && linked.error().fault == Fault::OutputTooSmall) {
        input.runnable.resize(linked.error().allowed);
        linked = program::link_elf(input.file, input.runnable, options);
    }
    if (!linked.has_value()) {
        throw link_refusal(linked.error(), input, options);
    }
    input.runnable.resize(linked.value());
}

void open_runnable(Input& input, Format format) {
    if (format == Format::Extended) {
        Result<void> const done = program::resolve_calls(input.runnable);
        if (!done.has_value()) {
            throw refusal(done.error(), input.path);
        }
    }
    Result<program::Program> const opened = program::open(input.runnable, format);
    if (!opened.has_value()) {
        throw refusal(opened.error(), input.path);
    }
    input.program = *opened;
}

// Names that entries give to slots, where nothing better is known.
void add_entry_names(Input& input) {
    for (std::uint32_t i = 0; i < input.program.entries.size(); ++i) {
        program::Entry const entry = input.program.entries.at(i);
        std::vector<source::Function>& functions = input.map.functions;
        auto const at = std::find_if(functions.begin(), functions.end(), [&](auto const& function) {
            return function.slot >= entry.pc.slot;
        });
        bool const is_known = at != functions.end() && at->slot == entry.pc.slot;
        if (!is_known && !entry.name.empty()) {
            functions.insert(at, {entry.pc.slot, std::string(entry.name)});
        }
    }
}

void read_source_map(Input& input, LinkOptions const& options) {
    if (input.is_linked()) {
        input.map = source::elf_source_map(input.file, options, input.program.text.slots());
        source::shorten_files(input.map, input.path);
    } else if (auto map = source::decode_lines(input.program.lines)) {
        input.map = std::move(*map);
    }
    source::read_texts(input.map, input.path);
    add_entry_names(input);
}

// Bytes in no format: what is known of them beyond that.
Failure not_a_program(Error const& error, std::string const& path, Bytes file) {
    if (file.empty()) {
        return unusable(path, "the file is empty", "check that this is the right file");
    }
    if (is_envelope(file)) {
        return unusable(path, "this is a signed envelope, and a program is wanted",
                        "`mbpf manifest show` says what it holds, `mbpf deploy` installs it");
    }
    return refusal(error, path);
}

bool is_c_source(std::string const& path) {
    return std::filesystem::path(path).extension() == ".c";
}

// What it holds, whose file and format are there.
void open(Input& input, LoadOptions const& options) {
    LinkOptions link_options{.entry = options.entry, .listed = program::Listed::Roots};
    maps::Declared declared;  // The options view it.
    if (input.is_linked()) {
        declared = maps::read_declared(input.file, input.path);
        link_options.maps = declared.linked();
        link(input, link_options);
    } else {
        input.runnable = input.file;
    }
    open_runnable(input, input.is_linked() ? Format::Image : input.format);
    input.map_names = input.is_linked() ? declared.names : maps::names_in(input.runnable);
    read_source_map(input, link_options);
}

}  // namespace

bool is_envelope(Bytes file) {
    constexpr std::array tag{std::byte{0xd8}, std::byte{suit::envelope_tag}};
    return (file.size() > tag.size() && std::equal(tag.begin(), tag.end(), file.begin())) ||
           suit::read_head(file).has_value();
}

Format format_named(std::string const& name) {
    for (Format const format :
         {Format::Text, Format::Femto, Format::Extended, Format::Elf, Format::Image}) {
        if (layout::name_of(format) == name) {
            return format;
        }
    }
    throw usage("there is no such format", name, "text, femto, extended, elf, image");
}

std::optional<Format> format_wanted(std::string const& name) {
    return name.empty() ? std::optional<Format>{} : format_named(name);
}

Input load(std::string const& path, LoadOptions const& options) {
    return load(path, system::read_file(path), options);
}

Input load(std::string const& path, Bytes file, LoadOptions const& options) {
    Input input;
    input.path = path;
    if (!options.format && is_c_source(path)) {
        compile::Compiled compiled = compile::compile(path, options.flags);
        input.file = std::move(compiled.object);
        input.compiler = compiled.compiler;
        input.warnings = compiled.warnings;
        input.format = Format::Elf;
    } else {
        input.file.assign(file.begin(), file.end());
        Result<Format> const detected =
            options.format ? Result<Format>{*options.format} : program::detect(input.file);
        if (!detected.has_value()) {
            throw not_a_program(detected.error(), path, file);
        }
        input.format = *detected;
    }
    try {
        open(input, options);
    } catch (Failure const& failure) {
        if (!options.format || failure.problem().code != unsigned(Fault::FormatUnknown)) {
            throw;
        }
        throw unusable(path,
                       fmt::format("this is no program in the format {}, which --format says it is",
                                   layout::name_of(input.format)),
                       "leave --format out: it is detected");
    }
    return input;
}

void check_entry(Input const& input, std::string const& entry) {
    if (!entry.empty() && !input.is_linked()) {
        throw usage("--entry needs functions to choose from",
                    fmt::format("{}, of format {}", input.path, layout::name_of(input.format)),
                    "C source and ELF objects");
    }
}

}  // namespace mbpf::toolkit::input
