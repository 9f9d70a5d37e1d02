// SPDX-License-Identifier: MIT
#include "toolkit/maps/declared.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <limits>

#include "mbpf/maps/maps.hpp"
#include "toolkit/layout/append.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/source/btf_maps.hpp"
#include "toolkit/source/elf_reader.hpp"

namespace mbpf::toolkit::maps {

namespace {

constexpr std::string_view section_name = ".maps";

// What each kind wants, in words of C.
std::string wanted_of(mbpf::maps::Kind kind) {
    switch (kind) {
        case mbpf::maps::Kind::Array:
            return "an array: a key of 4 bytes, a value, max_entries of 1 or more";
        case mbpf::maps::Kind::Hash:
            return fmt::format("a hash: a key of 1 to {} bytes, a value, max_entries of 1 to {}",
                               config::max_map_key_bytes, config::max_hash_entries);
        case mbpf::maps::Kind::RingBuffer:
            return fmt::format(
                "a ring buffer: no key, no value, max_entries a power of two from {} on: its bytes",
                config::min_ring_bytes);
    }
    return "type BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_HASH or BPF_MAP_TYPE_RINGBUF";
}

Failure bad_map(std::string const& path, source::MapDeclaration const& map) {
    Failure const failure =
        unusable(path, fmt::format("the declaration of the map {} makes no sense", map.name));
    Problem problem = failure.problem();
    problem.found = map.problem;
    problem.allowed = wanted_of(map.record.kind);
    return {ExitCode::Unusable, std::move(problem)};
}

struct Placed {
    source::MapDeclaration map;
    std::uint32_t offset{};
};

std::vector<Placed> place(std::vector<source::ElfSection> const& sections,
                          std::vector<source::MapDeclaration> const& maps) {
    std::vector<Placed> placed;
    for (source::ElfVariable const& variable : source::read_elf_variables(sections)) {
        bool const is_map =
            variable.section < sections.size() && sections[variable.section].name == section_name;
        auto const found = std::find_if(maps.begin(), maps.end(),
                                        [&](auto const& map) { return map.name == variable.name; });
        if (is_map && found != maps.end()) {
            placed.push_back({*found, std::uint32_t(variable.offset)});
        }
    }
    std::sort(placed.begin(), placed.end(),
              [](Placed const& a, Placed const& b) { return a.offset < b.offset; });
    return placed;
}

}  // namespace

Declared read_declared(Bytes object, std::string const& path) {
    std::vector<source::ElfSection> const sections = source::read_elf_sections(object);
    std::vector<source::MapDeclaration> maps;
    for (source::ElfSection const& section : sections) {
        if (section.name == ".BTF") {
            maps = source::read_btf_maps(section.contents);
        }
    }
    Declared declared;
    std::uint64_t end = 0;
    for (Placed& placed : place(sections, maps)) {
        std::uint64_t const bytes = mbpf::maps::memory_bytes(placed.map.record);
        constexpr std::uint64_t most = program::max_section_bytes & ~7u;
        if (placed.map.problem.empty() && (bytes == 0 || end + bytes > most)) {
            placed.map.problem = fmt::format("{} bytes of key, {} of value, {} entries",
                                             std::uint16_t(placed.map.record.key_bytes),
                                             std::uint32_t(placed.map.record.value_bytes),
                                             std::uint32_t(placed.map.record.max_entries));
        }
        if (!placed.map.problem.empty()) {
            throw bad_map(path, placed.map);
        }
        placed.map.record.offset = std::uint32_t(end);
        end += bytes;
        layout::append(declared.records, placed.map.record);
        layout::append_bytes(declared.names, as_bytes(placed.map.name));
        declared.names.push_back({});
        declared.offsets.push_back(placed.offset);
    }
    if (declared.offsets.size() > config::max_maps) {
        throw unusable(path, fmt::format("it declares {} maps, and a program has {} at most",
                                         declared.offsets.size(), config::max_maps));
    }
    declared.bytes = std::uint32_t(end);
    return declared;
}

std::vector<std::byte> names_in(Bytes image) {
    if (!program::open_image(image).has_value()) {
        return {};
    }
    Bytes const names = program::map_names(image);
    return {names.begin(), names.end()};
}

}  // namespace mbpf::toolkit::maps
