// SPDX-License-Identifier: MIT
// The records: finding the last of a key, appending, and going to the other half.
#include <cstddef>

#include "mbpf/storage/crc32.hpp"
#include "mbpf/storage/medium.hpp"
#include "mbpf/storage/unit_writer.hpp"

namespace mbpf::storage {

namespace {

bool is_same(Bytes a, Bytes b) {
    return a.size() == b.size() &&
           (a.empty() || __builtin_memcmp(a.data(), b.data(), a.size()) == 0);
}

bool is_same_key(Record const& a, std::uint8_t kind, std::string_view key) {
    return a.kind == kind && is_same(as_bytes(a.key), as_bytes(key));
}

// The unit with the header; its CRC becomes that of the record.
std::array<std::byte, record_header_bytes> encode(RecordHeader header, Record const& record) {
    std::array<std::byte, record_header_bytes> bytes;
    store(bytes.data(), header);
    std::uint32_t const crc = crc32(Bytes{bytes}.first(offsetof(RecordHeader, crc)));
    header.crc = crc32(record.value, crc32(as_bytes(record.key), crc));
    store(bytes.data(), header);
    return bytes;
}

bool write_record(UnitWriter& writer, RecordHeader const& header, Record const& record) {
    return writer.write(encode(header, record)) && writer.write(as_bytes(record.key)) &&
           writer.write(record.value) && writer.finish();
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
    std::uint32_t const key_at = offset + record_header_bytes;
    return {header.kind, as_text(flash_.memory.subspan(key_at, header.key_bytes)),
            flash_.memory.subspan(key_at + header.key_bytes, value_bytes(header))};
}

bool Storage::is_record(std::uint32_t offset) const {
    RecordHeader const header = header_at(offset);
    return header.key_bytes <= config::max_key_bytes &&
           record_bytes(header) <= half_ + half_bytes() - offset &&
           is_same(encode(header, record_at(offset)),
                   flash_.memory.subspan(offset, record_header_bytes));
}

std::optional<std::uint32_t> Storage::last_of(std::uint8_t kind, std::string_view key) const {
    std::optional<std::uint32_t> last;
    for (std::uint32_t at = half_ + first_record_at; at < end_; at += record_bytes(header_at(at))) {
        if (is_same_key(record_at(at), kind, key)) {
            last = at;
        }
    }
    return last;
}

std::optional<Bytes> Storage::find(std::uint8_t kind, std::string_view key) const {
    auto const at = last_of(kind, key);
    if (!at || header_at(*at).value_bytes == removed) {
        return std::nullopt;
    }
    return record_at(*at).value;
}

std::optional<Record> Storage::next(std::uint8_t kind,
                                    std::optional<std::string_view> after) const {
    // Each round passes one key, and a key has at least one record.
    for (std::uint32_t round = half_; round < end_; round += record_header_bytes) {
        std::optional<std::string_view> least;
        for (std::uint32_t at = half_ + first_record_at; at < end_;
             at += record_bytes(header_at(at))) {
            Record const record = record_at(at);
            if (record.kind == kind && (!after || record.key > *after) &&
                (!least || record.key < *least)) {
                least = record.key;
            }
        }
        if (!least) {
            break;
        }
        if (auto const value = find(kind, *least)) {
            return Record{kind, *least, *value};
        }
        after = least;
    }
    return std::nullopt;
}

Result<void> Storage::put(std::uint8_t kind, std::string_view key, Bytes value) {
    if (key.size() > config::max_key_bytes) {
        return Error{Fault::RecordTooLarge, 0, std::uint32_t(key.size()), config::max_key_bytes};
    }
    if (value.size() > config::max_value_bytes) {
        return Error{Fault::RecordTooLarge, 0, std::uint32_t(value.size()),
                     config::max_value_bytes};
    }
    if (auto const found = find(kind, key); found && is_same(*found, value)) {
        return {};
    }
    return change({kind, key, value}, std::uint16_t(value.size()));
}

Result<void> Storage::remove(std::uint8_t kind, std::string_view key) {
    if (!find(kind, key)) {
        return {};
    }
    return change({kind, key, {}}, removed);
}

Result<void> Storage::change(Record const& record, std::uint16_t value_bytes) {
    RecordHeader const header{.kind = record.kind,
                              .key_bytes = std::uint8_t(record.key.size()),
                              .value_bytes = value_bytes};
    std::uint32_t const bytes = record_bytes(header);
    if (bytes > bytes_for_records()) {
        return Error{Fault::RecordTooLarge, 0, bytes, bytes_for_records()};
    }
    if (is_closed_ || bytes > half_ + half_bytes() - end_) {
        return compact(header, record);
    }
    UnitWriter writer{flash_, end_};
    if (!write_record(writer, header, record)) {
        is_closed_ = true;
        return Error{Fault::StorageFailed, writer.offset()};
    }
    end_ = writer.offset();
    return {};
}

// Whether a compaction that replaces `replaced` keeps the record at `offset`.
bool Storage::is_kept(std::uint32_t offset, Record const& replaced) const {
    Record const record = record_at(offset);
    return header_at(offset).value_bytes != removed &&
           !is_same_key(record, replaced.kind, replaced.key) &&
           last_of(record.kind, record.key) == offset;
}

Result<void> Storage::compact(RecordHeader const& header, Record const& record) {
    bool const is_removal = header.value_bytes == removed;
    std::uint32_t needed = is_removal ? 0 : record_bytes(header);
    std::uint32_t const first = half_ + first_record_at;
    for (std::uint32_t at = first; at < end_; at += record_bytes(header_at(at))) {
        needed += is_kept(at, record) ? record_bytes(header_at(at)) : 0;
    }
    if (needed > bytes_for_records()) {
        return Error{Fault::StorageFull, half_, needed, bytes_for_records()};
    }
    std::uint32_t const other = half_ == 0 ? half_bytes() : 0;
    // From here on the other half may come to look complete, and later than this one.
    is_closed_ = true;
    // Its header goes first, so that what is left of it is never taken for complete.
    for (std::uint32_t at = other; at < other + half_bytes(); at += flash_.sector_bytes) {
        if (!erase_sector(flash_, at)) {
            return Error{Fault::StorageFailed, at};
        }
    }
    UnitWriter writer{flash_, other + first_record_at};
    bool good = true;
    for (std::uint32_t at = first; good && at < end_; at += record_bytes(header_at(at))) {
        good = !is_kept(at, record) || write_record(writer, header_at(at), record_at(at));
    }
    if (!good || (!is_removal && !write_record(writer, header, record))) {
        return Error{Fault::StorageFailed, writer.offset()};
    }
    if (!write_header(other, generation_ + 1)) {
        return Error{Fault::StorageFailed, other};
    }
    half_ = other;
    end_ = writer.offset();
    ++generation_;
    is_closed_ = false;
    return {};
}

}  // namespace mbpf::storage
