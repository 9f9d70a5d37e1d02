// SPDX-License-Identifier: MIT
// What maps are and hold, for people and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mbpf/maps/maps.hpp"
#include "toolkit/report/table.hpp"

namespace mbpf::toolkit::maps {

// As the source calls it, or its number. `names`: NUL-terminated each.
[[nodiscard]] std::string name_of(Bytes names, std::uint32_t index);

// "hash of 16 entries: 4 bytes -> 8 bytes; 256 bytes of memory"
[[nodiscard]] std::string text_of(program::MapRecord const& record);

[[nodiscard]] nlohmann::ordered_json declarations_json(program::Program const& program,
                                                       Bytes names);

// One entry, or one record of a ring buffer, which has no key.
struct Item {
    std::vector<std::byte> key;
    std::vector<std::byte> value;
};
// Entries of a hash and records of a ring buffer; of an array all, or those that are not zero.
enum class Zeros : std::uint8_t { Kept, Omitted };
[[nodiscard]] std::vector<Item> items_of(mbpf::maps::Map const& map, Zeros zeros);

// "7", for 1, 2, 4 and 8 bytes; otherwise hex.
[[nodiscard]] std::string value_text(Bytes value);

// `memory` is that of all maps of the program, behind one another.
void add_contents(report::Table& table, program::Program const& program, Bytes names, Bytes memory);
[[nodiscard]] nlohmann::ordered_json contents_json(program::Program const& program, Bytes names,
                                                   Bytes memory);

// Of one map.
[[nodiscard]] nlohmann::ordered_json items_json(mbpf::maps::Map const& map);

}  // namespace mbpf::toolkit::maps
