// SPDX-License-Identifier: MIT
// The source map of a program linked from an ELF object: line records and function symbols of the
// object, moved to where the linker puts their instructions.
#pragma once

#include "mbpf/program/program.hpp"
#include "toolkit/source/source_map.hpp"

namespace mbpf::toolkit::source {

// `object` has been linked with `options` into a text of `slots`. Empty without debug information.
[[nodiscard]] SourceMap elf_source_map(Bytes object, program::LinkOptions const& options,
                                       std::uint32_t slots);

// The line that made the instruction at byte `at` of the object, if that is one.
[[nodiscard]] std::optional<Line> elf_line_at(Bytes object, std::size_t at);

// `file` relative to the folder of `main_file`, and by its last part outside of it: what a program
// carries with it says nothing about the machine it was built on.
[[nodiscard]] std::string shortened(std::string const& file,
                                    std::filesystem::path const& main_file);

// As above, for every file of the map.
void shorten_files(SourceMap& map, std::filesystem::path const& main_file);

}  // namespace mbpf::toolkit::source
