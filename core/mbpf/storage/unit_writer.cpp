// SPDX-License-Identifier: MIT
#include "mbpf/storage/unit_writer.hpp"

namespace mbpf::storage {

bool erase_sector(port::Flash const& flash, std::uint32_t offset) {
    return flash.erase(flash.context, offset) &&
           port::is_erased(flash.memory.subspan(offset, flash.sector_bytes));
}

bool UnitWriter::write(Bytes bytes) {
    for (std::byte const byte : bytes) {
        unit_[used_++] = byte;
        if (used_ < unit_.size()) {
            continue;
        }
        used_ = 0;
        (void)flash_->write(flash_->context, offset_, unit_);
        if (__builtin_memcmp(flash_->memory.data() + offset_, unit_.data(), unit_.size()) != 0) {
            return false;
        }
        offset_ += std::uint32_t(unit_.size());
    }
    return true;
}

bool UnitWriter::finish() {
    constexpr std::array padding{port::erased_byte};
    bool good = true;
    while (good && used_ != 0) {
        good = write(padding);
    }
    return good;
}

}  // namespace mbpf::storage
