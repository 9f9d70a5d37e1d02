// SPDX-License-Identifier: MIT
// From any bytes in flash to a storage, or the reason why there is none.
#include <bit>
#include <cstddef>
#include <limits>

#include "mbpf/storage/crc32.hpp"
#include "mbpf/storage/medium.hpp"
#include "mbpf/storage/unit_writer.hpp"

namespace mbpf::storage {

namespace {

constexpr std::uint32_t max_flash_bytes = std::numeric_limits<std::uint32_t>::max();

}  // namespace

Result<void> Storage::mount(port::Flash const& flash, Layout layout) {
    *this = {};
    if (flash.memory.size() > max_flash_bytes || !std::has_single_bit(flash.sector_bytes) ||
        flash.memory.size() % flash.sector_bytes != 0) {
        return Error{Fault::StorageMalformed, 0, flash.sector_bytes};
    }
    flash_ = flash;
    layout_ = layout;
    Result<void> const result = !divide()     ? Error{Fault::StorageMalformed, 0, flash.sectors()}
                                : find_half() ? read_records()
                                              : format();
    if (!result.has_value()) {
        *this = {};
    }
    return result;
}

bool Storage::divide() {
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
bool Storage::find_half() {
    bool found = false;
    for (std::uint32_t const half : {std::uint32_t{0}, half_bytes()}) {
        for (std::uint32_t place = 0; place < config::header_places; ++place) {
            auto const generation = generation_at(half + place * half_header_bytes);
            if (generation && (!found || std::int32_t(*generation - generation_) > 0)) {
                found = true;
                half_ = half;
                generation_ = *generation;
            }
        }
    }
    return found;
}

Result<void> Storage::read_records() {
    std::uint32_t const limit = half_ + half_bytes();
    end_ = half_ + first_record_at;
    while (end_ < limit && is_record(end_)) {
        end_ += record_bytes(header_at(end_));
    }
    Bytes const rest = flash_.memory.subspan(end_, limit - end_);
    if (is_erased(rest)) {
        return {};
    }
    // Only the last record can have been cut short.
    std::uint32_t const bytes = record_bytes(header_at(end_));
    if (!is_erased(rest.subspan(bytes <= rest.size() ? bytes : record_header_bytes))) {
        return Error{Fault::StorageMalformed, end_};
    }
    is_closed_ = true;
    return {};
}

// Where power fails in here, a header is torn and all else is erased: then the next place serves,
// and nothing is ever erased that was not ours.
Result<void> Storage::format() {
    std::uint32_t const half_size = half_bytes();
    std::optional<std::uint32_t> free;
    for (std::uint32_t const half : {half_size, std::uint32_t{0}}) {
        for (std::uint32_t place = config::header_places; place-- > 0;) {
            std::uint32_t const offset = half + place * half_header_bytes;
            if (is_erased(flash_.memory.subspan(offset, half_header_bytes))) {
                free = offset;
            }
        }
    }
    bool const is_blank =
        is_erased(flash_.memory.subspan(first_record_at, half_size - first_record_at)) &&
        is_erased(flash_.memory.subspan(half_size + first_record_at));
    if (!free || !is_blank) {
        return Error{Fault::StorageMalformed, 0};
    }
    if (!write_header(*free, 0)) {
        return Error{Fault::StorageFailed, *free};
    }
    half_ = *free < half_size ? 0 : half_size;
    end_ = half_ + first_record_at;
    return {};
}

HalfHeader Storage::header_of(std::uint32_t generation) const {
    HalfHeader header{.magic = half_magic,
                      .generation = generation,
                      .sector_bytes = flash_.sector_bytes,
                      .journal_sectors = layout_.journal_sectors,
                      .slot_sectors = layout_.slot_sectors};
    std::array<std::byte, half_header_bytes> bytes;
    store(bytes.data(), header);
    header.crc = crc32(Bytes{bytes}.first(offsetof(HalfHeader, crc)));
    return header;
}

std::optional<std::uint32_t> Storage::generation_at(std::uint32_t offset) const {
    auto const found = load<HalfHeader>(flash_.memory, offset);
    HalfHeader const expected = header_of(found.generation);
    if (__builtin_memcmp(&found, &expected, sizeof found) != 0) {
        return std::nullopt;
    }
    return found.generation;
}

bool Storage::write_header(std::uint32_t offset, std::uint32_t generation) {
    std::array<std::byte, half_header_bytes> bytes;
    store(bytes.data(), header_of(generation));
    return UnitWriter{flash_, offset}.write(bytes);
}

Bytes Storage::slot(std::uint32_t index) const {
    return index < slot_count_ ? flash_.memory.subspan(slot_offset(index), slot_bytes()) : Bytes{};
}

}  // namespace mbpf::storage
