// SPDX-License-Identifier: MIT
#include "mbpf/maps/map_set.hpp"

#include "mbpf/maps/ring.hpp"
#include "mbpf/maps/table.hpp"

namespace mbpf::maps {

namespace {

constexpr std::uint32_t max_bytes = 0xff'ffff;

std::uint64_t table_bytes(program::MapRecord const& record) {
    std::uint32_t const entries = record.max_entries;
    bool const has_sizes =
        record.value_bytes != 0 && record.value_bytes <= max_bytes && entries != 0;
    bool const is_good = record.kind == Kind::Array
                             ? record.key_bytes == array_key_bytes
                             : record.key_bytes != 0 &&
                                   record.key_bytes <= config::max_map_key_bytes &&
                                   entries <= config::max_hash_entries;
    return has_sizes && is_good ? std::uint64_t{entries} * entry_bytes(record) : 0;
}

std::uint64_t ring_bytes(program::MapRecord const& record) {
    std::uint32_t const bytes = record.max_entries;
    bool const is_good = record.key_bytes == 0 && record.value_bytes == 0 &&
                         bytes >= config::min_ring_bytes && (bytes & (bytes - 1)) == 0;
    return is_good ? std::uint64_t{ring_header_bytes} + bytes : 0;
}

}  // namespace

std::uint64_t memory_bytes(program::MapRecord const& record) {
    switch (record.kind) {
        case Kind::Array:
        case Kind::Hash: return table_bytes(record);
        case Kind::RingBuffer: return ring_bytes(record);
    }
    return 0;
}

Result<MapSet> MapSet::read(program::Program const& program) {
    MapSet set;
    set.records_ = program.maps();
    Error error{Fault::SectionMalformed, 0, std::uint32_t(program::SectionKind::Maps)};
    if (set.records_.size() > config::max_maps) {
        return error;
    }
    std::uint64_t end = 0;
    for (program::MapRecord const& record : set.records_) {
        std::uint64_t const bytes = memory_bytes(record);
        if (bytes == 0 || record.zero != 0 || record.offset != end) {
            return error;
        }
        end += bytes;
        error.where += std::uint32_t(program::map_record_bytes);
    }
    if (end != program.rights.map_bytes) {
        return error;
    }
    return set;
}

std::optional<Map> MapSet::find(std::uint32_t handle) const {
    if (handle >= records_.size() || memory_ == nullptr) {
        return std::nullopt;
    }
    program::MapRecord const& record = records_[handle];
    return Map{record, {memory_ + record.offset, std::size_t(memory_bytes(record))}};
}

}  // namespace mbpf::maps
