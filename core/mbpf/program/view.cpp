// SPDX-License-Identifier: MIT
// Reading entries and rights where they lie.
#include "mbpf/program/view.hpp"

#include "mbpf/program/records.hpp"

namespace mbpf::program {

std::uint32_t Entries::record_count() const {
    std::size_t const bytes = layout_ == Layout::Femto ? femto_record_bytes : image_record_bytes;
    return std::uint32_t(records_.size() / bytes);
}

Entries::Record Entries::record(std::uint32_t index) const {
    if (layout_ == Layout::Femto) {
        FemtoRecord const record = load<FemtoRecord>(records_, index * femto_record_bytes);
        return {record.text_offset, record.name_offset};
    }
    ImageRecord const record = load<ImageRecord>(records_, index * image_record_bytes);
    return {record.slot * std::uint32_t(slot_bytes), record.name_offset};
}

std::uint32_t Entries::first_bad_record(std::size_t text_bytes) const {
    std::uint32_t const count = record_count();
    std::size_t const first_name = layout_ == Layout::Image ? records_.size() : 0;
    std::uint32_t index = 0;
    for (; index < count; ++index) {
        Record const record = this->record(index);
        bool const is_good = record.text_offset % slot_bytes == 0 &&
                             record.text_offset < text_bytes &&
                             record.name_offset >= first_name && record.name_offset < names_.size();
        if (!is_good) {
            break;
        }
    }
    return index;
}

// A name ends at a NUL. The prototype writes none: there, the next name or the section ends it.
std::string_view Entries::name_at(std::uint32_t offset) const {
    std::size_t end = names_.size();
    std::uint32_t const count = record_count();
    for (std::uint32_t i = 0; i < count; ++i) {
        std::size_t const other = record(i).name_offset;
        end = other > offset && other < end ? other : end;
    }
    std::size_t stop = offset;
    while (stop < end && names_[stop] != std::byte{0}) {
        ++stop;
    }
    return as_text(names_.subspan(offset, stop - offset));
}

// Femto-Containers starts at slot 0, whatever the order of the records is.
std::uint32_t Entries::first() const {
    std::uint32_t const count = record_count();
    std::uint32_t index = 0;
    while (layout_ == Layout::Femto && index < count && record(index).text_offset != 0) {
        ++index;
    }
    return index;
}

std::uint32_t Entries::size() const {
    std::uint32_t const count = record_count();
    return first() == count ? count + 1 : count;
}

Entry Entries::at(std::uint32_t index) const {
    std::uint32_t const first = this->first();
    std::uint32_t const chosen = index == 0 ? first : index <= first ? index - 1 : index;
    if (chosen == record_count()) {
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
