// SPDX-License-Identifier: MIT
#include "mbpf/storage/slot_writer.hpp"

#include <algorithm>

namespace mbpf::storage {

SlotWriter::SlotWriter(Storage const& storage, std::uint32_t slot)
    : flash_{&storage.flash_},
      max_bytes_{std::uint32_t(storage.slot(slot).size())},
      start_{max_bytes_ == 0 ? 0 : storage.slot_offset(slot)},
      writer_{storage.flash_, start_} {}

Result<void> SlotWriter::write(Bytes bytes) {
    if (!fits(size_, bytes.size(), max_bytes_)) {
        std::uint64_t const size = std::uint64_t{size_} + bytes.size();
        return Error{Fault::ImageTooLarge, start_, std::uint32_t(size), max_bytes_};
    }
    if (has_failed_) {
        return failed(writer_.offset());
    }
    while (!bytes.empty()) {
        std::uint32_t const used = size_ % flash_->sector_bytes;
        if (used == 0 && !erase_sector(*flash_, start_ + size_)) {
            return failed(start_ + size_);
        }
        std::size_t const count = std::min<std::size_t>(bytes.size(), flash_->sector_bytes - used);
        if (!writer_.write(bytes.first(count))) {
            return failed(writer_.offset());
        }
        size_ += std::uint32_t(count);
        bytes = bytes.subspan(count);
    }
    return {};
}

Result<void> SlotWriter::finish() {
    max_bytes_ = size_;
    if (has_failed_ || !writer_.finish()) {
        return failed(writer_.offset());
    }
    return {};
}

// A unit that failed may not be written again before its sector is erased.
Result<void> SlotWriter::failed(std::uint32_t offset) {
    has_failed_ = true;
    return Error{Fault::StorageFailed, offset};
}

}  // namespace mbpf::storage
