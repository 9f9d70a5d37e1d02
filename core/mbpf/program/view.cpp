// SPDX-License-Identifier: MIT
// Reading entries and rights where they lie.
#include "mbpf/program/view.hpp"

#include "mbpf/program/records.hpp"

namespace mbpf::program {

Entries::Record Entries::record(std::uint32_t index) const {
    bool const is_femto = layout_ == Layout::Femto;
    void const* const at = records_ + index * (is_femto ? femto_record_bytes : image_record_bytes);
    if (is_femto) {
        auto const& record = *static_cast<FemtoRecord const*>(at);
        return {record.text_offset, record.name_offset};
    }
    auto const& record = *static_cast<ImageRecord const*>(at);
    return {record.slot * std::uint32_t(slot_bytes), record.name_offset};
}

std::uint32_t Entries::check(std::size_t text_bytes) {
    bool const is_image = layout_ == Layout::Image;
    std::size_t const first_name = is_image ? count_ * image_record_bytes : 0;
    first_ = std::uint16_t(is_image ? 0 : count_);
    for (std::uint32_t index = 0; index < count_; ++index) {
        Record const record = this->record(index);
        if (record.text_offset % slot_bytes != 0 || record.text_offset >= text_bytes ||
            record.name_offset < first_name || record.name_offset >= names_.size()) {
            return index;
        }
        // Femto-Containers starts at slot 0, whatever the order of the records is.
        if (record.text_offset == 0 && index < first_) {
            first_ = std::uint16_t(index);
        }
    }
    return count_;
}

// A name ends at a NUL. The prototype writes none: there, the next name or the section ends it.
[[gnu::always_inline]] inline std::string_view Entries::name_at(std::uint32_t offset) const {
    std::size_t end = names_.size();
    for (std::uint32_t i = 0; i < count_; ++i) {
        std::size_t const other = record(i).name_offset;
        end = other > offset && other < end ? other : end;
    }
    std::size_t stop = offset;
    while (stop < end && names_[stop] != std::byte{0}) {
        ++stop;
    }
    return as_text({names_.data() + offset, stop - offset});
}

std::uint32_t Entries::size() const { return count_ + (first_ == count_ ? 1 : 0); }

Entry Entries::at(std::uint32_t index) const {
    std::uint32_t const chosen = index == 0 ? first_ : index <= first_ ? index - 1 : index;
    if (chosen == count_) {
        return {};
    }
    Record const record = this->record(chosen);
    return {Pc{record.text_offset / std::uint32_t(slot_bytes)}, name_at(record.name_offset)};
}

Result<Entry> Entries::find(std::string_view name) const {
    std::uint32_t const count = size();
    for (std::uint32_t i = 0; i < count; ++i) {
        Entry const entry = at(i);
        if (entry.name == name) {
            return entry;
        }
    }
    return Error{Fault::EntryUnknown, 0, count};
}

HelperId Rights::helper(std::uint32_t index) const {
    if (id_width == IdWidth::Byte) {
        return {std::uint32_t(helper_ids[index])};
    }
    return {load<std::uint16_t>(helper_ids, index * sizeof(std::uint16_t))};
}

bool Rights::requests_helper(HelperId id) const {
    std::uint32_t const count = helper_count();
    for (std::uint32_t i = 0; i < count; ++i) {
        if (helper(i) == id) {
            return true;
        }
    }
    return !present;
}

}  // namespace mbpf::program
