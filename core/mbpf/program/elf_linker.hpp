// SPDX-License-Identifier: MIT
// An ELF object straight from `clang -O2 -g -target bpf` to our image, on a PC or on a device.
//
// Takes .text and every named program section, all .rodata*, .data*, .bss*, common symbols, static
// and global functions, and data that holds addresses of data. Nothing is executed or trusted:
// every offset of the object is validated. Relocations: LLVM's BPF types 1, 2 and 10. SPEC.md,
// "Linking an ELF object".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/program/view.hpp"

namespace mbpf::program {

// Which functions become entries of the image.
enum class Listed : std::uint8_t {
    Roots,    // Exported functions that no other function calls; a single one goes unnamed.
    Exported  // Every exported function, roots first, always named.
};

// The maps that an object declares, which only its type information (BTF) says: a toolkit reads
// that.
struct LinkedMaps {
    Bytes records;                           // As in the image, MapRecord each.
    std::span<std::uint32_t const> offsets;  // Of each in section .maps.
    std::uint32_t bytes{};                   // Of memory for all of them.
};

struct LinkOptions {
    // First entry of the image: a function by name, or the first function of a section by the name
    // of the section. Empty: chosen as SPEC.md says.
    std::string_view entry{};
    Listed listed = Listed::Roots;
    LinkedMaps maps{};
};

// Writes the image into `output` (8-aligned) and returns its length.
// Fault::OutputTooSmall tells how many bytes are needed.
[[nodiscard]] Result<std::size_t> link_elf(Bytes object, WritableBytes output,
                                           LinkOptions const& options);

// Slots of the linked text and the place each came from, for tools that map a pc back to a source
// line: section index in the object and byte offset in that section.
struct TextOrigin {
    std::uint32_t section{};
    std::uint32_t offset{};

    friend constexpr bool operator==(TextOrigin, TextOrigin) = default;
};

// Where slot `pc` of the text that link_elf() makes from the same input came from.
[[nodiscard]] Result<TextOrigin> text_origin(Bytes object, LinkOptions const& options, Pc pc);

}  // namespace mbpf::program
