// SPDX-License-Identifier: MIT
// An image into a slot, in pieces of any size. A sector is erased when its first byte arrives, so
// that a transfer that comes to nothing wears out no more than it must. Knows nothing of whether
// the slot is in use.
#pragma once

#include "mbpf/storage/medium.hpp"
#include "mbpf/storage/unit_writer.hpp"

namespace mbpf::storage {

class SlotWriter {
public:
    // The storage must stay mounted, and where it is.
    SlotWriter(Storage const& storage, std::uint32_t slot);

    // Fault::ImageTooLarge: nothing of `bytes` is written, and what fits still may be.
    // Fault::StorageFailed: nothing more can be written.
    [[nodiscard]] Result<void> write(Bytes bytes);
    // Writes what is still held back. From here on every byte is too many.
    [[nodiscard]] Result<void> finish();

    // Of the image, those included that are held back.
    [[nodiscard]] std::uint32_t size() const { return size_; }

private:
    [[nodiscard]] Result<void> failed(std::uint32_t offset);

    port::Flash const* flash_;
    std::uint32_t max_bytes_;  // 0, if there is no such slot.
    std::uint32_t size_ = 0;
    std::uint32_t start_;
    bool has_failed_ = false;
    UnitWriter writer_;
};

}  // namespace mbpf::storage
