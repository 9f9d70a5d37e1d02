// SPDX-License-Identifier: MIT
// Makes ELF objects for eBPF, right ones and wrong ones, without a compiler.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/program/support/buffer.hpp"

namespace mbpf::test {

class ElfBuilder {
public:
    static constexpr std::uint32_t progbits = 1;
    static constexpr std::uint32_t nobits = 8;
    static constexpr std::uint64_t alloc = 2;
    static constexpr std::uint64_t write = 1;
    static constexpr std::uint64_t executable = 4;
    static constexpr std::uint16_t undefined = 0;
    static constexpr std::uint16_t common = 0xfff2;
    static constexpr std::size_t section_header_bytes = 64;

    struct Section {
        std::string name;
        std::uint32_t type = progbits;
        std::uint64_t flags = alloc;
        std::vector<std::byte> contents;
        std::uint64_t size = 0;  // 0: that of the contents.
        std::uint32_t link = 0;
        std::uint32_t info = 0;
        std::uint64_t alignment = 1;
    };
    struct Symbol {
        std::string name;
        std::uint8_t info = 0;  // binding * 16 + type
        std::uint8_t other = 0;
        std::uint16_t section = 0;
        std::uint64_t value = 0;
        std::uint64_t size = 0;
    };

    // Indices that the object will have.
    std::uint16_t add(Section section);
    std::uint32_t add(Symbol symbol);
    std::uint16_t add_text(std::string name, std::string const& hex);
    std::uint16_t add_rodata(std::string name, std::string const& hex);
    std::uint16_t add_data(std::string name, std::string const& hex);
    std::uint16_t add_bss(std::string name, std::uint64_t bytes);
    std::uint32_t add_function(std::string name, std::uint16_t section, std::uint64_t value,
                               std::uint64_t size);  // Global.
    std::uint32_t add_section_symbol(std::uint16_t section);
    // Relocations of one section become one section behind all others.
    void relocate(std::uint16_t section, std::uint64_t offset, std::uint32_t type,
                  std::uint32_t symbol);

    [[nodiscard]] Buffer build() const;
    // Offset of a section's header in what build() returns.
    [[nodiscard]] std::size_t header_of(std::uint16_t section) const;

    std::uint32_t relocation_type = 9;  // SHT_REL

private:
    struct Relocation {
        std::uint16_t section;
        std::uint64_t offset;
        std::uint32_t type;
        std::uint32_t symbol;
    };

    std::vector<Section> sections_{Section{"", 0, 0, {}, 0, 0, 0, 0}};
    std::vector<Symbol> symbols_{Symbol{}};
    std::vector<Relocation> relocations_;
};

// Relocation types of LLVM.
inline constexpr std::uint32_t wide64 = 1;
inline constexpr std::uint32_t word64 = 2;
inline constexpr std::uint32_t word32 = 3;
inline constexpr std::uint32_t call32 = 10;

inline constexpr std::uint8_t global_function = 0x12;
inline constexpr std::uint8_t local_function = 0x02;
inline constexpr std::uint8_t global_object = 0x11;

}  // namespace mbpf::test
