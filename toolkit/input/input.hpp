// SPDX-License-Identifier: MIT
// A program as the verbs use it, from a file of any kind: C source is compiled, an ELF object is
// linked, everything else is opened where it lies. Whatever is wrong throws a Failure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mbpf/program/program.hpp"
#include "toolkit/compile/compile.hpp"
#include "toolkit/explain/describe.hpp"
#include "toolkit/source/source_map.hpp"

namespace mbpf::toolkit::input {

struct LoadOptions {
    std::optional<program::Format> format;  // Detected if absent.
    std::string entry;                      // Of an ELF object or C source: what comes first.
    std::vector<std::string> flags;         // For the compiler.
};

// Invariant: `program` views `runnable`, which stays where it is when an Input is moved.
struct Input {
    std::string path;
    std::optional<compile::Compiler> compiler;  // If it was C source.
    std::string warnings;                       // Of the compiler.
    program::Format format{};                   // Of `file`.
    std::vector<std::byte> file;                // As it is on disk, or as the compiler made it.
    std::vector<std::byte> runnable;            // Linked, with calls resolved.
    std::vector<std::byte> map_names;           // NUL-terminated each, if they are known.
    program::Program program;
    source::SourceMap map;

    Input() = default;
    Input(Input&&) = default;
    Input& operator=(Input&&) = default;

    [[nodiscard]] explain::Subject subject() const { return {path, &program, &map}; }
    [[nodiscard]] bool is_linked() const { return format == program::Format::Elf; }
};

[[nodiscard]] Input load(std::string const& path, LoadOptions const& options);
// The same for who has read the file: a pipe gives its bytes once.
[[nodiscard]] Input load(std::string const& path, Bytes file, LoadOptions const& options);

// Whether it is signed, in either profile: what has the tag (RFC 8949, 3.4) may be damaged.
[[nodiscard]] bool is_envelope(Bytes file);

// "text", "femto", "extended", "elf" or "image"; anything else is a Failure of usage.
[[nodiscard]] program::Format format_named(std::string const& name);

// As above; an empty name leaves the format to be detected.
[[nodiscard]] std::optional<program::Format> format_wanted(std::string const& name);

// Throws if an entry is named and the program is linked already: where it starts is decided.
void check_entry(Input const& input, std::string const& entry);

}  // namespace mbpf::toolkit::input
