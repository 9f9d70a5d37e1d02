// SPDX-License-Identifier: MIT
// From any bytes in flash to a storage, or the reason why there is none.
#include <limits>

#include "mbpf/storage/medium.hpp"

namespace mbpf::storage {

namespace {

constexpr std::uint32_t max_flash_bytes = std::numeric_limits<std::uint32_t>::max();

}  // namespace

Result<void> Storage::mount(port::Flash const& flash, Layout layout) {
    *this = {};
    flash_ = flash;
    layout_ = layout;
    if (Fault const fault = open(); fault != Fault::None) {
        std::uint32_t const where = end_;
        *this = {};
        return Error{fault, where};
    }
    return {};
}

[[gnu::always_inline]] inline Fault Storage::open() {
    if (!divide()) {
        return Fault::StorageMalformed;
    }
    if (!find_half()) {
        if (!is_blank()) {
            return Fault::StorageMalformed;
        }
        if (!format()) {
            return Fault::StorageFailed;
        }
    }
    return read_records() ? Fault::None : Fault::StorageMalformed;
}

[[gnu::always_inline]] inline bool Storage::divide() {
    std::size_t const bytes = flash_.memory.size();
    std::uint32_t const sector = flash_.sector_bytes;
    if (bytes > max_flash_bytes || sector == 0 || ((sector - 1) & (sector | bytes)) != 0) {
        return false;
    }
    std::uint32_t const sectors = flash_.sectors();
    if (layout_.journal_sectors > sectors / 2 || layout_.slot_sectors > sectors ||
        half_bytes() <= first_record_at) {
        return false;
    }
    if (layout_.slot_sectors != 0) {
        slot_count_ = (sectors - 2 * layout_.journal_sectors) / layout_.slot_sectors;
    }
    return true;
}

// The later of the halves that are complete. The other is what was there before, or a compaction
// that has not come to its end.
[[gnu::always_inline]] inline bool Storage::find_half() {
    bool found = false;
    for (std::uint32_t place = 0; place < 2 * config::header_places; ++place) {
        std::uint32_t const half = place < config::header_places ? 0 : half_bytes();
        std::uint32_t const at = half + place % config::header_places * half_header_bytes;
        if (!is_half(at)) {
            continue;
        }
        auto const generation = load<HalfValue>(flash_.memory, at + record_header_bytes).generation;
        if (!found || std::int32_t(generation - generation_) > 0) {
            found = true;
            half_ = half;
            generation_ = generation;
        }
    }
    return found;
}

[[gnu::always_inline]] inline bool Storage::is_half(std::uint32_t offset) const {
    RecordHeader const header = header_at(offset);
    auto const value = load<HalfValue>(flash_.memory, offset + record_header_bytes);
    return header.kind == half_kind && header.key_bytes == 0 &&
           header.value_bytes == sizeof value && value.sector_bytes == flash_.sector_bytes &&
           value.layout == layout_ && is_record(offset);
}

// But for headers that power cut short while formatting: then the next place serves, so that
// nothing is erased that may not be ours.
[[gnu::always_inline]] inline bool Storage::is_blank() const {
    return port::is_erased(flash_.memory.subspan(first_record_at)) &&
           port::is_erased(
               flash_.memory.subspan(first_record_at - half_header_bytes, half_header_bytes));
}

[[gnu::always_inline]] inline bool Storage::format() {
    while (!port::is_erased(flash_.memory.subspan(end_, half_header_bytes))) {
        end_ += half_header_bytes;  // The last is erased: is_blank().
    }
    return write_header(end_, 0);
}

[[gnu::always_inline]] inline bool Storage::read_records() {
    std::uint32_t const limit = half_ + half_bytes();
    end_ = first();
    while (end_ < limit && is_record(end_)) {
        end_ = behind(end_);
    }
    Bytes const rest = flash_.memory.subspan(end_, limit - end_);
    if (port::is_erased(rest)) {
        return true;
    }
    is_closed_ = true;
    // Only the last record can have been cut short.
    std::uint32_t const bytes = behind(end_) - end_;
    return port::is_erased(rest.subspan(bytes <= rest.size() ? bytes : record_header_bytes));
}

bool Storage::write_header(std::uint32_t offset, std::uint32_t generation) const {
    std::array<std::byte, sizeof(HalfValue)> value;
    store(value.data(), HalfValue{generation, flash_.sector_bytes, layout_});
    UnitWriter writer{flash_, offset};
    return write_record(writer, {half_kind, 0, sizeof value}, {half_kind, {}, value});
}

Bytes Storage::slot(std::uint32_t index) const {
    return index < slot_count_ ? flash_.memory.subspan(slot_offset(index), slot_bytes()) : Bytes{};
}

}  // namespace mbpf::storage
