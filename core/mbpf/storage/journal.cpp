// SPDX-License-Identifier: MIT
// The records: finding the last of a key, appending, and going to the other half.
#include <algorithm>

#include "mbpf/storage/medium.hpp"

namespace mbpf::storage {

namespace {

bool is_before(std::string_view a, std::string_view b) { return a < b; }

bool is_same_key(Record const& a, Record const& b) {
    return a.kind == b.kind && equal(a.key, b.key);
}

}  // namespace

std::uint32_t Storage::bytes_for_records() const {
    std::uint32_t const bytes = half_bytes();
    return bytes == 0 ? 0 : bytes - first_record_at;
}

RecordHeader Storage::header_at(std::uint32_t offset) const {
    return load<RecordHeader>(flash_.memory, offset);
}

Record Storage::record_at(std::uint32_t offset) const {
    RecordHeader const header = header_at(offset);
    std::byte const* const key = flash_.memory.data() + offset + record_header_bytes;
    return {header.kind,
            as_text({key, header.key_bytes}),
            {key + header.key_bytes, value_bytes(header)}};
}

std::uint32_t Storage::behind(std::uint32_t offset) const {
    return offset + record_bytes(header_at(offset));
}

bool Storage::is_record(std::uint32_t offset) const {
    RecordHeader const header = header_at(offset);
    std::uint32_t const limit = offset < half_bytes() ? half_bytes() : 2 * half_bytes();
    return header.key_bytes <= config::max_key_bytes && record_bytes(header) <= limit - offset &&
           load<RecordHeader>(encode(header, record_at(offset)), 0).crc == header.crc;
}

// Or the end of the records, if there is none.
std::uint32_t Storage::last_of(Record const& record) const {
    std::uint32_t last = end_;
    for (std::uint32_t at = first(); at < end_; at = behind(at)) {
        if (is_same_key(record_at(at), record)) {
            last = at;
        }
    }
    return last;
}

bool Storage::is_live(std::uint32_t offset) const {
    return offset < end_ && header_at(offset).value_bytes != removed &&
           last_of(record_at(offset)) == offset;
}

std::optional<Bytes> Storage::find(std::uint8_t kind, std::string_view key) const {
    std::uint32_t const at = last_of({kind, key, {}});
    if (!is_live(at)) {
        return std::nullopt;
    }
    return record_at(at).value;
}

std::optional<Record> Storage::next(std::uint8_t kind,
                                    std::optional<std::string_view> after) const {
    std::uint32_t least = end_;
    for (std::uint32_t at = first(); at < end_; at = behind(at)) {
        Record const record = record_at(at);
        if (record.kind == kind && (!after || is_before(*after, record.key)) &&
            (least == end_ || is_before(record.key, record_at(least).key)) && is_live(at)) {
            least = at;
        }
    }
    if (least == end_) {
        return std::nullopt;
    }
    return record_at(least);
}

Result<void> Storage::put(std::uint8_t kind, std::string_view key, Bytes value) {
    std::size_t const before_value = record_header_bytes + key.size();
    std::uint32_t const max_bytes = std::min(bytes_for_records(), config::max_record_bytes);
    if (key.size() > config::max_key_bytes) {
        return Error{Fault::RecordTooLarge, 0, std::uint32_t(key.size()), config::max_key_bytes};
    }
    if (!fits(before_value, value.size(), max_bytes)) {
        return Error{Fault::RecordTooLarge, 0, std::uint32_t(before_value + value.size()),
                     max_bytes};
    }
    return change({kind, key, value}, std::uint16_t(value.size()));
}

Result<void> Storage::remove(std::uint8_t kind, std::string_view key) {
    return change({kind, key, {}}, removed);
}

// `value_bytes`: of the record's header.
Result<void> Storage::change(Record const& record, std::uint16_t value_bytes) {
    std::uint32_t const last = last_of(record);
    bool const is_there = is_live(last);
    if (value_bytes == removed ? !is_there
                               : is_there && equal(record_at(last).value, record.value)) {
        return {};
    }
    RecordHeader const header{record.kind, std::uint8_t(record.key.size()), value_bytes};
    std::uint32_t needed = record_bytes(header);
    if (!is_closed_ && needed <= half_ + half_bytes() - end_) {
        is_closed_ = !append(header, record);
    } else {
        needed = value_bytes == removed ? 0 : needed;
        for (std::uint32_t at = first(); at < end_; at = behind(at)) {
            needed += is_kept(at, record) ? behind(at) - at : 0;
        }
        if (needed > bytes_for_records()) {
            return Error{Fault::JournalFull, half_, needed, bytes_for_records()};
        }
        is_closed_ = !compact(header, record);
    }
    if (is_closed_) {
        return Error{Fault::StorageFailed, failed_at_};
    }
    return {};
}

[[gnu::always_inline]] inline bool Storage::append(RecordHeader const& header,
                                                   Record const& record) {
    UnitWriter writer{flash_, end_};
    bool const good = write_record(writer, header, record);
    failed_at_ = writer.offset();
    end_ = good ? writer.offset() : end_;
    return good;
}

// Whether a compaction that replaces `replaced` keeps the record at `offset`.
bool Storage::is_kept(std::uint32_t offset, Record const& replaced) const {
    return is_live(offset) && !is_same_key(record_at(offset), replaced);
}

// What is kept fits. When this fails, the other half may yet come to look complete, and later than
// this one: it must be erased before anything is appended here.
[[gnu::always_inline]] inline bool Storage::compact(RecordHeader const& header,
                                                    Record const& record) {
    std::uint32_t const other = half_ == 0 ? half_bytes() : 0;
    // Its header goes first, so that what is left of it is never taken for complete.
    for (failed_at_ = other; failed_at_ < other + half_bytes(); failed_at_ += flash_.sector_bytes) {
        if (!erase_sector(flash_, failed_at_)) {
            return false;
        }
    }
    UnitWriter writer{flash_, other + first_record_at};
    bool good = true;
    for (std::uint32_t at = first(); good && at < end_; at = behind(at)) {
        good = !is_kept(at, record) || writer.write({flash_.memory.data() + at, behind(at) - at});
    }
    good = good && (header.value_bytes == removed || write_record(writer, header, record));
    failed_at_ = good ? other : writer.offset();
    if (!good || !write_header(other, generation_ + 1)) {
        return false;
    }
    half_ = other;
    end_ = writer.offset();
    ++generation_;
    return true;
}

}  // namespace mbpf::storage
