// SPDX-License-Identifier: MIT
// The maps of a program: what its image declares, and the memory behind its bss where they live
// (SPEC.md, "Maps"). A program may write all of that memory, so nothing in it is believed; what a
// map is comes from the image alone.
#pragma once

#include <cstdint>
#include <optional>

#include "mbpf/base/base.hpp"
#include "mbpf/machine/machine.hpp"
#include "mbpf/maps/config.hpp"

namespace mbpf::maps {

using Kind = program::MapRecord::Kind;

// One map. `memory` is exactly what its record needs.
struct Map {
    program::MapRecord record;
    WritableBytes memory;
};

// Bytes of memory that a map needs, a multiple of 8; 0 if the record makes no sense.
[[nodiscard]] std::uint64_t memory_bytes(program::MapRecord const& record);

class MapSet {
public:
    MapSet() = default;

    // Fault::SectionMalformed, with the offset of the record in the section: an unknown kind, sizes
    // that the kind does not have or that are above config.hpp, another place than behind the map
    // before, too many maps, or a sum that is not what the rights of the image ask for.
    [[nodiscard]] static Result<MapSet> read(program::Program const& program);

    // Where they live: `memory` starts at the data of the program (Instance::data_address()).
    void place(program::Program const& program, std::byte* data) {
        memory_ = data + program.maps_at();
    }

    [[nodiscard]] std::uint32_t size() const { return std::uint32_t(records_.size()); }
    // The map that a handle names. Nothing for any other number.
    [[nodiscard]] std::optional<Map> find(std::uint32_t handle) const;

private:
    std::span<program::MapRecord const> records_;
    std::byte* memory_ = nullptr;
};

}  // namespace mbpf::maps
