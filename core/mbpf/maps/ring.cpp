// SPDX-License-Identifier: MIT
#include "mbpf/maps/ring.hpp"

namespace mbpf::maps {

std::byte* Ring::reserve(std::uint32_t bytes) {
    if (bytes > bytes_ - record_header_bytes) {
        return nullptr;
    }
    std::uint32_t const whole = record_header_bytes + std::uint32_t(align_up(bytes, 8));
    std::uint32_t first = start();
    std::uint32_t last = end();
    if (last - first > bytes_ || ((first | last) & 7) != 0) {
        return nullptr;
    }
    std::uint32_t const rest = until_end(last);
    std::uint32_t const lost = whole > rest ? rest : 0;  // It would reach over the end.
    first = first == last ? last + lost : first;         // Nothing is in the way.
    if (last + lost - first > bytes_ - whole) {
        return nullptr;
    }
    if (lost != 0) {
        store(data_ + place(last), std::uint64_t{(lost - record_header_bytes) | skipped});
    }
    last += lost;
    std::byte* const record = data_ + place(last);
    store(record, std::uint64_t{bytes | busy});
    set(first, last + whole);
    return record + record_header_bytes;
}

bool Ring::finish(std::byte* record, std::uint32_t flags) {
    std::uintptr_t const offset = address_of(record) - address_of(data_);
    if (offset < record_header_bytes || offset > bytes_ || (offset & 7) != 0) {
        return false;
    }
    std::byte* const header = record - record_header_bytes;
    std::uint32_t const length = load<std::uint32_t>(header);
    if ((length & busy) == 0) {
        return false;
    }
    store(header, (length & length_mask) | flags);
    return true;
}

std::optional<Ring::Head> Ring::head_at(std::uint32_t position) const {
    std::uint32_t const left = end() - position;
    if (left > used() || used() > bytes_ || (position & 7) != 0 || left < record_header_bytes) {
        return std::nullopt;
    }
    std::uint32_t const word = load<std::uint32_t>(data_ + place(position));
    std::uint32_t const length = word & length_mask;
    std::uint32_t const whole = record_header_bytes + std::uint32_t(align_up(length, 8));
    if (whole > left || whole > until_end(position)) {
        return std::nullopt;
    }
    return Head{length, position + whole, (word & busy) != 0, (word & skipped) != 0};
}

std::optional<Ring::Record> Ring::next(std::uint32_t position) const {
    for (std::uint32_t i = 0; i <= bytes_ / record_header_bytes; ++i) {
        std::optional<Head> const head = head_at(position);
        if (!head || head->is_busy) {
            return std::nullopt;
        }
        if (!head->is_skipped) {
            Bytes const bytes{data_ + place(position) + record_header_bytes, head->length};
            return Record{bytes, head->end};
        }
        position = head->end;
    }
    return std::nullopt;
}

void Ring::take_until(std::uint32_t position) {
    if (position - start() > used()) {
        return;
    }
    std::uint32_t first = start();
    for (std::uint32_t i = 0; i <= bytes_ / record_header_bytes; ++i) {
        std::optional<Head> const head = head_at(first);
        bool const is_later = head && head->end - start() > position - start();
        if (!head || head->is_busy || (is_later && !head->is_skipped)) {
            break;
        }
        first = head->end;
    }
    set(first, end());
}

}  // namespace mbpf::maps
