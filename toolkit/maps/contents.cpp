// SPDX-License-Identifier: MIT
#include "toolkit/maps/contents.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "toolkit/input/number.hpp"

namespace mbpf::toolkit::maps {

namespace {

using mbpf::maps::Kind;
using mbpf::maps::Map;
using nlohmann::ordered_json;

constexpr std::size_t max_shown = 16;  // Items of a map; the JSON form has all.

std::string_view kind_name(Kind kind) {
    switch (kind) {
        case Kind::Hash: return "hash";
        case Kind::Array: return "array";
        case Kind::RingBuffer: return "ring buffer";
    }
    return "unknown";
}

std::vector<std::byte> copy(std::byte const* from, std::size_t bytes) {
    return {from, from + bytes};
}

bool is_zero(Bytes bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

std::vector<Item> array_items(Map const& map, Zeros zeros) {
    std::vector<Item> items;
    for (std::uint32_t i = 0; i < map.record.max_entries; ++i) {
        std::size_t const at = std::size_t{i} * mbpf::maps::entry_bytes(map.record);
        Bytes const value = Bytes{map.memory}.subspan(at, map.record.value_bytes);
        if (zeros == Zeros::Kept || !is_zero(value)) {
            std::vector<std::byte> key(sizeof i);
            store(key.data(), i);
            items.push_back({key, copy(value.data(), value.size())});
        }
    }
    return items;
}

std::vector<Item> hash_items(Map const& map) {
    std::vector<Item> items;
    for (std::uint32_t i = 0; i < map.record.max_entries; ++i) {
        if (std::byte const* const key = mbpf::maps::key_at(map, i)) {
            std::byte const* const value =
                key - mbpf::maps::tag_bytes + mbpf::maps::value_offset(map.record);
            items.push_back({copy(key, map.record.key_bytes), copy(value, map.record.value_bytes)});
        }
    }
    return items;
}

std::vector<Item> ring_items(Map const& map) {
    std::vector<Item> items;
    mbpf::maps::Ring const ring{map};
    std::uint32_t position = ring.start();
    while (auto const record = ring.next(position)) {
        items.push_back({{}, copy(record->bytes.data(), record->bytes.size())});
        position = record->end;
    }
    return items;
}

// The map with that number, in a copy of its memory.
struct Copy {
    std::vector<std::uint64_t> words;
    Map map;
};
Copy copy_of(program::Program const& program, std::uint32_t index, Bytes memory) {
    program::MapRecord const record = program.maps()[index];
    std::size_t const bytes = std::size_t(mbpf::maps::memory_bytes(record));
    Copy copy{std::vector<std::uint64_t>(bytes / sizeof(std::uint64_t)), {record, {}}};
    copy.map.memory = std::as_writable_bytes(std::span{copy.words});
    if (fits(record.offset, bytes, memory.size())) {
        std::copy_n(memory.begin() + record.offset, bytes, copy.map.memory.begin());
    }
    return copy;
}

}  // namespace

std::string name_of(Bytes section, std::uint32_t index) {
    std::string_view names = as_text(section);
    for (std::uint32_t i = 0; i < index; ++i) {
        std::size_t const end = names.find('\0');
        names = end == std::string_view::npos ? std::string_view{} : names.substr(end + 1);
    }
    std::string name{names.substr(0, names.find('\0'))};
    return name.empty() ? std::to_string(index) : name;
}

std::string text_of(program::MapRecord const& record) {
    std::uint32_t const entries = record.max_entries;  // Packed: fmt takes references.
    std::uint32_t const value = record.value_bytes;
    std::uint16_t const key = record.key_bytes;
    std::uint64_t const bytes = mbpf::maps::memory_bytes(record);
    if (record.kind == Kind::RingBuffer) {
        return fmt::format("ring buffer of {} bytes; {} bytes of memory", entries, bytes);
    }
    return fmt::format("{} of {} entries: {} -> {} bytes; {} bytes of memory",
                       kind_name(record.kind), entries, key, value, bytes);
}

ordered_json declarations_json(program::Program const& program, Bytes names) {
    ordered_json list = ordered_json::array();
    for (std::uint32_t i = 0; i < program.map_count; ++i) {
        program::MapRecord const record = program.maps()[i];
        list.push_back({{"name", name_of(names, i)},
                        {"kind", kind_name(record.kind)},
                        {"key_bytes", std::uint16_t(record.key_bytes)},
                        {"value_bytes", std::uint32_t(record.value_bytes)},
                        {"max_entries", std::uint32_t(record.max_entries)},
                        {"memory_bytes", mbpf::maps::memory_bytes(record)}});
    }
    return list;
}

std::vector<Item> items_of(Map const& map, Zeros zeros) {
    switch (map.record.kind) {
        case Kind::Array: return array_items(map, zeros);
        case Kind::Hash: return hash_items(map);
        case Kind::RingBuffer: return ring_items(map);
    }
    return {};
}

std::string value_text(Bytes value) {
    bool const is_number =
        value.size() == 1 || value.size() == 2 || value.size() == 4 || value.size() == 8;
    if (!is_number) {
        return input::hex_text(value);
    }
    std::uint64_t number = 0;
    std::copy(value.begin(), value.end(), std::as_writable_bytes(std::span{&number, 1}).begin());
    return std::to_string(number);
}

void add_contents(report::Table& table, program::Program const& program, Bytes names,
                  Bytes memory) {
    for (std::uint32_t i = 0; i < program.map_count; ++i) {
        Copy const copy = copy_of(program, i, memory);
        std::vector<Item> const items = items_of(copy.map, Zeros::Omitted);
        table.add({{name_of(names, i), report::Ink::Dim},
                   {fmt::format("{}{}", text_of(copy.map.record),
                                items.empty() ? "; nothing in it" : "")}});
        for (std::size_t k = 0; k < items.size() && k < max_shown; ++k) {
            std::string const key = items[k].key.empty() ? "" : value_text(items[k].key) + ": ";
            table.add({{""}, {"  " + key + value_text(items[k].value)}});
        }
        if (items.size() > max_shown) {
            table.add(
                {{""},
                 {fmt::format("  ... and {} more: --json shows all", items.size() - max_shown)}});
        }
    }
}

ordered_json items_json(Map const& map) {
    ordered_json list = ordered_json::array();
    for (Item const& item : items_of(map, Zeros::Kept)) {
        ordered_json json;
        if (!item.key.empty()) {
            json["key"] = input::hex_text(item.key);
        }
        json["value"] = input::hex_text(item.value);
        list.push_back(std::move(json));
    }
    return list;
}

ordered_json contents_json(program::Program const& program, Bytes names, Bytes memory) {
    ordered_json list = ordered_json::array();
    for (std::uint32_t i = 0; i < program.map_count; ++i) {
        Copy const copy = copy_of(program, i, memory);
        list.push_back({{"name", name_of(names, i)},
                        {"kind", kind_name(copy.map.record.kind)},
                        {"items", items_json(copy.map)}});
    }
    return list;
}

}  // namespace mbpf::toolkit::maps
