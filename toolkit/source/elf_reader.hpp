// SPDX-License-Identifier: MIT
// What the toolkit itself wants from an ELF64 object: sections and function symbols by name. The
// linker of the core has its own, stricter reader; this one looks at debug information, which no
// device needs, and leaves out whatever is malformed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::source {

struct ElfSection {
    std::string name;
    std::uint32_t type{};
    std::uint64_t flags{};
    Bytes contents;         // Empty for sections without bytes in the file.
    std::uint64_t bytes{};  // Of the section in memory.
    std::uint32_t link{};
    std::uint32_t info{};

    [[nodiscard]] bool is_executable() const { return (flags & 4) != 0; }  // SHF_EXECINSTR
};

struct ElfSymbol {
    std::string name;
    std::uint32_t section{};
    std::uint64_t offset{};
    bool is_exported{};  // Neither static nor hidden.
};
using ElfFunction = ElfSymbol;
using ElfVariable = ElfSymbol;

// What its header says: "64-bit little-endian relocatable object for eBPF". Empty if it has none.
[[nodiscard]] std::string elf_kind(Bytes file);

// Whether GCC made it and it has relocations, whose fields GNU as fills in its own way.
[[nodiscard]] bool is_gcc_object(std::vector<ElfSection> const& sections);

// In the order of the file, so that indices are those of the object. Empty if it is no ELF64.
[[nodiscard]] std::vector<ElfSection> read_elf_sections(Bytes object);

[[nodiscard]] std::vector<ElfFunction> read_elf_functions(std::vector<ElfSection> const& sections);
[[nodiscard]] std::vector<ElfVariable> read_elf_variables(std::vector<ElfSection> const& sections);

// Of the symbol table; empty if there is none.
[[nodiscard]] std::string elf_symbol_name(std::vector<ElfSection> const& sections,
                                          std::uint32_t index);

// The function whose address is to be written to byte `at` of the object; empty if it is none.
[[nodiscard]] std::string elf_function_at(Bytes object, std::vector<ElfSection> const& sections,
                                          std::size_t at);

}  // namespace mbpf::toolkit::source
