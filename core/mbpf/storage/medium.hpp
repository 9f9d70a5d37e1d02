// SPDX-License-Identifier: MIT
// Storage: the flash of a device, divided into a journal of small records and slots for images:
//
//   | half of the journal | other half | slot 0 | slot 1 | ... | what is left |
//
// Records are appended to one half until it is full; then those that still count go to the other.
// Power may fail in the middle of any write or erase: the next mount finds each record as it was
// before or as it is after, whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mbpf/port/port.hpp"
#include "mbpf/storage/record.hpp"

namespace mbpf::storage {

class Storage {
public:
    // Flash that is erased is formatted. Fault::StorageMalformed for any other that holds no
    // journal of this layout: what it holds is left alone, and the storage is as before its first
    // mount, with no records and no slots.
    [[nodiscard]] Result<void> mount(port::Flash const& flash, Layout layout);

    // Fault::RecordTooLarge, if even an empty journal cannot hold it; Fault::JournalFull, if this
    // one cannot; Fault::StorageFailed. What has been there is there still.
    [[nodiscard]] Result<void> put(std::uint8_t kind, std::string_view key, Bytes value);
    [[nodiscard]] Result<void> remove(std::uint8_t kind, std::string_view key);
    [[nodiscard]] std::optional<Bytes> find(std::uint8_t kind, std::string_view key) const;
    // Records of a kind in the order of their keys: the first, or the first behind `after`, which
    // need not be there (any more). A loop over them may put and remove, with a key of its own.
    [[nodiscard]] std::optional<Record> next(std::uint8_t kind,
                                             std::optional<std::string_view> after = {}) const;

    [[nodiscard]] std::uint32_t slot_count() const { return slot_count_; }
    [[nodiscard]] std::uint32_t slot_bytes() const {
        return layout_.slot_sectors * flash_.sector_bytes;
    }
    // Empty, if there is no such slot.
    [[nodiscard]] Bytes slot(std::uint32_t index) const;

private:
    friend class SlotWriter;

    [[nodiscard]] std::uint32_t half_bytes() const {
        return layout_.journal_sectors * flash_.sector_bytes;
    }
    [[nodiscard]] std::uint32_t slot_offset(std::uint32_t index) const {
        return 2 * half_bytes() + index * slot_bytes();
    }
    [[nodiscard]] std::uint32_t bytes_for_records() const;

    // Of mount().
    [[nodiscard]] Fault open();
    [[nodiscard]] bool divide();
    [[nodiscard]] bool find_half();
    [[nodiscard]] bool is_half(std::uint32_t offset) const;
    [[nodiscard]] bool is_blank() const;
    [[nodiscard]] bool format();
    [[nodiscard]] bool read_records();
    [[nodiscard]] bool write_header(std::uint32_t offset, std::uint32_t generation) const;

    // Records at an offset in flash where there is one.
    [[nodiscard]] RecordHeader header_at(std::uint32_t offset) const;
    [[nodiscard]] Record record_at(std::uint32_t offset) const;
    [[nodiscard]] std::uint32_t behind(std::uint32_t offset) const;
    [[nodiscard]] bool is_record(std::uint32_t offset) const;

    [[nodiscard]] std::uint32_t first() const { return half_ + first_record_at; }
    [[nodiscard]] std::uint32_t last_of(Record const& record) const;
    [[nodiscard]] bool is_live(std::uint32_t offset) const;
    [[nodiscard]] bool is_kept(std::uint32_t offset, Record const& replaced) const;
    [[nodiscard]] Result<void> change(Record const& record, std::uint16_t value_bytes);
    [[nodiscard]] bool append(RecordHeader const& header, Record const& record);
    [[nodiscard]] bool compact(RecordHeader const& header, Record const& record);

    port::Flash flash_;
    Layout layout_;
    std::uint32_t slot_count_ = 0;
    std::uint32_t half_ = 0;  // Offset of the one with the records.
    std::uint32_t end_ = 0;   // Of the records.
    std::uint32_t generation_ = 0;
    std::uint32_t failed_at_ = 0;  // What the last operation on the flash that failed was for.
    // Nothing may be appended: behind the records is one that was cut short, whose bits may read
    // otherwise next time, or the other half was begun. The next change compacts.
    bool is_closed_ = false;
};

static_assert(sizeof(void*) != 4 || sizeof(Storage) <= 64);

}  // namespace mbpf::storage
