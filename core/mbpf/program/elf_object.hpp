// SPDX-License-Identifier: MIT
// A bounded reader of ELF64 relocatable objects for eBPF. Invariant: once open() succeeded, every
// section that has bytes lies inside the input, so that what the reader hands out is safe to read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/program/refusal.hpp"

namespace mbpf::program {

inline constexpr std::uint32_t elf_magic = 0x464c'457f;  // "\x7fELF"

// Text of four characters, as a word of a little-endian file.
[[nodiscard]] constexpr std::uint32_t four_characters(char const (&text)[5]) {
    std::uint32_t word = 0;
    for (int i = 3; i >= 0; --i) {
        word = word << 8 | std::uint8_t(text[i]);
    }
    return word;
}

inline constexpr std::uint32_t maps_name = four_characters(".map");

namespace elf {

enum class SectionType : std::uint32_t { Symtab = 2, Rela = 4, Nobits = 8, Rel = 9 };

inline constexpr std::uint32_t flag_write = 1;
inline constexpr std::uint32_t flag_alloc = 2;
inline constexpr std::uint32_t flag_executable = 4;
inline constexpr std::uint32_t flag_exclude = 0x8000'0000;

inline constexpr std::uint32_t section_undefined = 0;
inline constexpr std::uint32_t section_common = 0xfff2;

enum class SymbolType : std::uint8_t { None = 0, Object = 1, Function = 2, Section = 3 };
enum class Binding : std::uint8_t { Local = 0, Global = 1, Weak = 2 };
enum class Visibility : std::uint8_t { Default = 0, Internal = 1, Hidden = 2, Protected = 3 };

// Relocation types of LLVM for eBPF.
enum class RelocationType : std::uint32_t { Wide64 = 1, Word64 = 2, Call32 = 10 };

// The records of an object, read where they lie, at any address. Of numbers of 64 bits only the low
// half is used: ElfObject::open() refuses objects that need more.
struct [[gnu::packed]] Section {
    std::uint32_t name;  // In the section name table.
    SectionType type;
    std::uint32_t flags;
    std::uint32_t flags_high;
    std::uint64_t address;
    std::uint32_t offset;
    std::uint32_t offset_high;
    std::uint32_t size;
    std::uint32_t size_high;
    std::uint32_t link;
    std::uint32_t info;
    std::uint32_t alignment;
    std::uint32_t alignment_high;
    std::uint64_t entry_bytes;
};
static_assert(sizeof(Section) == 64);

struct [[gnu::packed]] Symbol {
    std::uint32_t name;  // In the string table of the symbol table.
    std::uint8_t info;
    std::uint8_t other;
    std::uint16_t section;
    std::uint32_t value;
    std::uint32_t value_high;
    std::uint32_t size;
    std::uint32_t size_high;

    [[nodiscard]] bool is_function() const {
        return SymbolType(info & 0xf) == SymbolType::Function;
    }
    // A caller may name it: another object, or whoever starts a run.
    [[nodiscard]] bool is_exported_function() const {
        Visibility const visibility = Visibility(other & 3);
        bool const is_seen =
            visibility == Visibility::Default || visibility == Visibility::Protected;
        return is_function() && Binding(info >> 4) != Binding::Local && is_seen;
    }
};
static_assert(sizeof(Symbol) == 24);

struct [[gnu::packed]] Relocation {
    std::uint32_t offset;
    std::uint32_t offset_high;
    RelocationType type;
    std::uint32_t symbol;
};
static_assert(sizeof(Relocation) == 16);

}  // namespace elf

// The first of the layers that link an object, each of which builds on the one before: what they
// note as wrong is noted in one place.
class ElfObject : public Refusable {
protected:
    explicit ElfObject(Bytes bytes) : bytes_{bytes} {}

    [[nodiscard]] bool open();

    [[nodiscard]] std::span<elf::Section const> sections() const { return sections_; }
    [[nodiscard]] std::span<elf::Symbol const> symbols() const { return symbols_; }
    [[nodiscard]] elf::Section const* symbol_table() const { return symbol_table_; }
    [[nodiscard]] std::uint32_t index_of(elf::Section const& section) const {
        return std::uint32_t(&section - sections_.data());
    }
    // The section with that index, or null.
    [[nodiscard]] elf::Section const* section(std::uint32_t index) const {
        return index < sections_.size() ? &sections_[index] : nullptr;
    }

    [[nodiscard]] Bytes input() const { return bytes_; }
    // Bytes of a section that is not Nobits.
    [[nodiscard]] Bytes contents(elf::Section const& section) const {
        return {bytes_.data() + section.offset, section.size};
    }
    [[nodiscard]] std::string_view name(elf::Section const& section) const {
        return text(section_names_, section.name);
    }
    // The first four characters of that name; 0 if it is shorter.
    [[nodiscard]] std::uint32_t name_start(elf::Section const& section) const;
    // Notes that `symbol` is outside of what it should be in, and returns false.
    bool refuse_symbol(elf::Symbol const& symbol);
    // The name of a symbol, by its field `name`.
    [[nodiscard]] std::string_view symbol_name(std::uint32_t name) const {
        return text(symbol_names_, name);
    }

private:
    [[nodiscard]] bool check_header();
    [[nodiscard]] bool check_sections();
    [[nodiscard]] bool check_symbols();
    // Contents of the string table at `index`; nothing if there is none.
    [[nodiscard]] Bytes strings(std::uint32_t index) const;
    [[nodiscard]] static std::string_view text(Bytes const& strings, std::uint32_t offset);

    Bytes bytes_;
    Bytes section_names_;
    Bytes symbol_names_;
    std::span<elf::Section const> sections_;
    std::span<elf::Symbol const> symbols_;
    elf::Section const* symbol_table_ = nullptr;
};

}  // namespace mbpf::program
