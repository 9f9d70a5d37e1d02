// SPDX-License-Identifier: MIT
// A linked program as the bytes of each file format (SPEC.md, "Formats"). What a format cannot say
// is refused with a reason; nothing is dropped silently except what the format never had: names,
// rights and line tables.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "mbpf/program/program.hpp"

namespace mbpf::toolkit::layout {

// Why a program has no form in a layout.
struct Refusal {
    Fault fault{};
    std::string reason;                 // What the layout cannot say, and where it is.
    std::vector<program::Format> able;  // Layouts that can say it.
};

using File = std::vector<std::byte>;
using Encoded = std::variant<File, Refusal>;

// How the extended layout writes calls between functions.
enum class Calls : std::uint8_t {
    Resolved,  // As distances: runs in place, and in the prototype too.
    Listed,    // As the prototype's tool wrote them: -1, and a record in the call table.
};

enum class RightsSection : std::uint8_t { Kept, Omitted };

struct ImageOptions {
    RightsSection rights = RightsSection::Kept;
    Bytes lines{};      // Line table to add; empty: the one that the program has, if any.
    Bytes map_names{};  // A NUL-terminated name for each map.
};

[[nodiscard]] Encoded encode_text(program::Program const& program);
[[nodiscard]] Encoded encode_femto(program::Program const& program);
[[nodiscard]] Encoded encode_extended(program::Program const& program,
                                      Calls calls = Calls::Resolved);
[[nodiscard]] Encoded encode_image(program::Program const& program,
                                   ImageOptions const& options = {});

// As the function above that `format` names, with its defaults. Format::Elf is refused: an object
// is what a compiler makes.
[[nodiscard]] Encoded encode(program::Program const& program, program::Format format);

// "text", "femto", "extended", "elf" or "image".
[[nodiscard]] std::string_view name_of(program::Format format);

}  // namespace mbpf::toolkit::layout
